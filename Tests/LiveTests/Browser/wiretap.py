"""A proxy that records the plain HTTP traffic between an application and its authorization server."""
import re
import socket
import threading


class Wiretap:
    """An HTTP proxy that supports CONNECT only."""

    def __init__(self):
        self.recorded = b""
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def tokens(self, name):
        """Returns the values of a member in all recorded responses, in order."""
        with self.lock:
            recorded = self.recorded
        return re.findall(rf'"{name}"\s*:\s*"([^"]+)"', recorded.decode(errors="replace"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            received = client.recv(4096)
            if not received:
                return client.close()
            head += received
        method, target = head.split(b" ", 2)[:2]
        host, _, port = target.decode().rpartition(":")
        if method != b"CONNECT":
            return client.close()
        server = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        threading.Thread(target=self._relay, args=(client, server, False), daemon=True).start()
        self._relay(server, client, True)

    def _relay(self, source, target, records):
        try:
            while received := source.recv(65536):
                if records:
                    with self.lock:
                        self.recorded += received
                target.sendall(received)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
