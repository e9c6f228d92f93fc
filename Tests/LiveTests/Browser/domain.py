"""The hosts of one domain with TLS: a web application behind a proxy, and a neighbor that sets cookies for the domain."""
import http.client
import http.server
import ssl
import subprocess
import tempfile
import threading


class Domain:
    """Serves https://notes.margin.test and https://neighbor.margin.test on one port of this machine.

    Requests for the first are forwarded to `backend`, a port. The other responds to each request with `neighbor_cookies`,
    the bytes of `Set-Cookie` fields.
    """

    NAME = "margin.test"

    def __init__(self):
        self.backend = None
        self.neighbor_cookies = []
        # The Cookie fields that were forwarded, as bytes.
        self.forwarded = []
        domain = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.headers["Host"].startswith("neighbor."):
                    self.respond(200, [("Set-Cookie", cookie.decode("latin-1")) for cookie in domain.neighbor_cookies], b"set")
                else:
                    self.forward()

            def do_POST(self):
                self.forward()

            def forward(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                domain.forwarded += [cookie.encode("latin-1") for cookie in self.headers.get_all("Cookie", [])]
                connection = http.client.HTTPConnection("127.0.0.1", domain.backend, timeout=30)
                connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("host", "connection"):
                        connection.putheader(name, value.encode("latin-1"))
                connection.putheader("Host", f"127.0.0.1:{domain.backend}")
                connection.endheaders(body)
                response = connection.getresponse()
                body = response.read()
                fields = [field for field in response.getheaders() if field[0].lower() not in SKIPPED]
                self.respond(response.status, fields, body)
                connection.close()

            def respond(self, status, fields, body):
                self.send_response_only(status)
                for name, value in fields:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", f"{folder}/key", "-out", f"{folder}/certificate", "-subj", f"/CN={self.NAME}", "-addext",
                    f"subjectAltName=DNS:*.{self.NAME}",
                ],
                check=True, capture_output=True,
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/certificate", f"{folder}/key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.origin = f"https://notes.{self.NAME}:{self.port}"
        self.neighbor = f"https://neighbor.{self.NAME}:{self.port}"
        # The certificate is not issued by an authority, and the names are not in the DNS.
        self.browser_arguments = ["--ignore-certificate-errors", f"--host-resolver-rules=MAP *.{self.NAME} 127.0.0.1"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


SKIPPED = {"connection", "content-length", "transfer-encoding", "keep-alive"}
