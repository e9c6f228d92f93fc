"""django-oauth-toolkit, an authorization server with the error codes of the RFCs."""
import json
import os
import secrets

from processes import wait_for
import python

CODE, DEVICE = "authorization-code", "urn:ietf:params:oauth:grant-type:device_code"


class Toolkit:
    """One server, with a client for each grant, because it allows one grant per client."""

    def __init__(self, folder, port, user, redirect_uri):
        self.folder = folder
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        # The suffix of the secret has only characters that form encoding changes.
        self.clients = {
            "web": {"grant": CODE, "secret": secrets.token_urlsafe() + "~!*'() %+&:/?="},
            "native": {"grant": CODE},
            "device": {"grant": DEVICE},
        }
        self.configuration = {
            "folder": folder,
            "port": port,
            "base": self.base,
            "user": user,
            "redirectURI": redirect_uri,
            "clients": self.clients,
        }

    @staticmethod
    def is_installed():
        return python.is_installed("django-oauth-toolkit")

    def start(self, processes):
        """Starts the server, which then prepares its database; `wait` waits for it."""
        os.mkdir(self.folder, 0o700)
        path = f"{self.folder}/configuration.json"
        with open(path, "w") as file:
            json.dump(self.configuration, file)
        self.process = processes.start(
            "dot", python.executable("django-oauth-toolkit"), f"{python.HERE}/sites/dot_site.py", path
        )

    def wait(self):
        wait_for(self.port, self.process, "django-oauth-toolkit")

    @property
    def info(self):
        secrets_of = {name: {"secret": client.get("secret")} for name, client in self.clients.items()}
        return {"issuer": self.base, "clients": secrets_of}
