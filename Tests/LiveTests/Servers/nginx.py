"""nginx in front of an API: a proxy that decodes and resolves the path before it forwards the request.

With a URI in `proxy_pass`, nginx forwards the decoded and resolved path (`/api/` is replaced by `/base/`). The API behind
it is another server of the same nginx, and responds with the target that it received.
"""
from processes import wait_for

CONFIGURATION = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-errors.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream api {{ server 127.0.0.1:{backend}; }}
    server {{
        listen 127.0.0.1:{port};
        location /api/ {{ proxy_pass http://api/base/; }}
    }}
    server {{
        listen 127.0.0.1:{backend};
        default_type application/json;
        location / {{ return 200 '{{"target": "$request_uri"}}'; }}
    }}
}}
"""


def start(folder, processes, port, backend):
    """Starts nginx with the ports of the proxy and of the API behind it."""
    path = f"{folder}/nginx.conf"
    with open(path, "w") as file:
        file.write(CONFIGURATION.format(folder=folder, port=port, backend=backend))
    # Errors before the configuration is read go to stderr.
    process = processes.start("nginx", "nginx", "-e", "stderr", "-c", path)
    for each in (port, backend):
        wait_for(each, process, "nginx")
