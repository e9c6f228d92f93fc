"""haproxy in front of glewlwyd: one request at a time, and TLS with HTTP/2.

With SQLite, glewlwyd responds with 500 to some of several concurrent token requests. haproxy sends it one request at a
time (`maxconn 1`) and queues the others unchanged, so that tests can send concurrent requests. With more than one thread,
haproxy 2.6 sometimes loses its queue and stops responding.
"""
from processes import wait_for

CONFIGURATION = """\
global
    maxconn 512
    nbthread 1
defaults
    mode http
    # Otherwise the first request after the server was killed gets no response.
    option http-server-close
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout queue 60s
frontend plain
    bind 127.0.0.1:{plain}
    default_backend plain
backend plain
    server glewlwyd 127.0.0.1:{plain_backend} maxconn 1
frontend secure
    bind 127.0.0.1:{secure} ssl crt {folder}/tls.pem alpn h2,http/1.1
    default_backend secure
backend secure
    server glewlwyd 127.0.0.1:{secure_backend} maxconn 1
"""


def start(folder, processes, plain, secure):
    """Starts haproxy with a pair (own port, port of glewlwyd) for each frontend."""
    path = f"{folder}/haproxy.cfg"
    with open(path, "w") as file:
        file.write(
            CONFIGURATION.format(
                folder=folder, plain=plain[0], plain_backend=plain[1], secure=secure[0], secure_backend=secure[1]
            )
        )
    process = processes.start("haproxy", "haproxy", "-db", "-f", path)
    for port in (plain[0], secure[0]):
        wait_for(port, process, "haproxy")

