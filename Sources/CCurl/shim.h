#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
/* OPENSSL_init_crypto(3), if libcurl is linked with OpenSSL. */
extern int countersign_openssl_init(uint64_t options, const void *settings) __asm__("OPENSSL_init_crypto")
    __attribute__((weak));
#endif

/* Disables OpenSSL's cleanup at process exit, since threads of transports may still use it (OPENSSL_INIT_NO_ATEXIT).
   The first initialization in a process decides, so call this before curl_global_init. */
static inline void countersign_keep_openssl(void) {
#ifdef __linux__
    if (countersign_openssl_init) countersign_openssl_init(0x00080000, NULL);
#endif
}

// Swift cannot call variadic C functions: these are wrappers for each argument type.

static inline CURLcode countersign_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode countersign_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode countersign_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode countersign_easy_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode countersign_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode countersign_easy_set_blob(CURL *easy, CURLoption option, struct curl_blob *value) {
    return curl_easy_setopt(easy, option, value);
}

/* WRITEFUNCTION and HEADERFUNCTION */
static inline CURLcode countersign_easy_set_write_callback(CURL *easy, CURLoption option, curl_write_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

static inline CURLcode countersign_easy_set_prereq_callback(CURL *easy, curl_prereq_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

/* SSL_CTX_FUNCTION: removes the callback with which libcurl writes the secrets of TLS connections to the file that the
   environment variable SSLKEYLOGFILE names. If it cannot be removed, there is no connection. */
static inline CURLcode countersign_remove_key_log(CURL *easy, void *context, void *remove) {
    (void)easy;
    if (remove == NULL) return getenv("SSLKEYLOGFILE") == NULL ? CURLE_OK : CURLE_SSL_CONNECT_ERROR;
    ((void (*)(void *, void *))remove)(context, NULL);
    return CURLE_OK;
}

/* Keeps a handle from writing TLS secrets to a file, if libcurl uses OpenSSL or a derivative. Whoever sets the environment
   of a process could otherwise decrypt its connections. */
static inline void countersign_easy_disable_key_log(CURL *easy) {
    const char *name = curl_version_info(CURLVERSION_NOW)->ssl_version;
    void *program;
    /* The contexts of other libraries, such as wolfSSL, have another type. */
    if (name == NULL || (strncmp(name, "OpenSSL", 7) && strncmp(name, "LibreSSL", 8) && strncmp(name, "BoringSSL", 9)
            && strncmp(name, "quictls", 7))) return;
    program = dlopen(NULL, RTLD_LAZY);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, countersign_remove_key_log);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, program ? dlsym(program, "SSL_CTX_set_keylog_callback") : NULL);
    if (program) dlclose(program);
}

static inline CURLcode countersign_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode countersign_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

/* PRIVATE */
static inline void *countersign_easy_get_private(CURL *easy) {
    char *value = NULL;
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}

static inline CURLMcode countersign_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
