#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Swift cannot call variadic C functions, and imports the enumerations differently in different versions. */

static const enum MHD_Result countersign_mhd_yes = MHD_YES;
static const enum MHD_Result countersign_mhd_no = MHD_NO;

struct countersign_mhd_options {
    int ipv6;                     /* 0: 127.0.0.1, otherwise ::1; other addresses are not supported */
    uint16_t port;                /* 0: any free port */
    unsigned connection_limit;
    unsigned idle_timeout_seconds;
    size_t connection_memory;     /* limits the request line and the header fields */
    void *context;                /* first argument of every callback */
    MHD_AccessHandlerCallback access;
    MHD_RequestCompletedCallback completed;
    void *(*began)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_NotifyConnectionCallback notify;
};

/* Keeps targets and arguments as they are on the wire. */
static inline size_t countersign_mhd_no_unescape(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

static inline struct MHD_Daemon *countersign_mhd_start(const struct countersign_mhd_options *options) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    const struct sockaddr *address;
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (options->ipv6) {
        memset(&v6, 0, sizeof v6);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(options->port);
        v6.sin6_addr = in6addr_loopback;
        address = (const struct sockaddr *)&v6;
        flags |= MHD_USE_IPv6;
    } else {
        memset(&v4, 0, sizeof v4);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(options->port);
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address = (const struct sockaddr *)&v4;
    }
    return MHD_start_daemon(
        flags, options->port, NULL, NULL, options->access, options->context,
        MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->context,
        MHD_OPTION_URI_LOG_CALLBACK, options->began, options->context,
        MHD_OPTION_UNESCAPE_CALLBACK, countersign_mhd_no_unescape, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, options->notify, options->context,
        MHD_OPTION_CONNECTION_LIMIT, options->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connection_memory,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
}

/* Returns the port of a daemon, or 0 if it is unknown. */
static inline uint16_t countersign_mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

static inline int countersign_mhd_has_started(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

/* Ends a connection, which the daemon then closes. Call it on the daemon's thread. */
static inline void countersign_mhd_end(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL) shutdown(info->connect_fd, SHUT_RDWR);
}

/* Creates a response with a copy of the bytes. */
static inline struct MHD_Response *countersign_mhd_response(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

static inline void countersign_mhd_header_fields(
    struct MHD_Connection *connection, MHD_KeyValueIteratorN iterator, void *context) {
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, iterator, context);
}
