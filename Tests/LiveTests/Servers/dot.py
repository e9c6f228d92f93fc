"""django-oauth-toolkit, an authorization server with the error codes of the RFCs."""
import json
import os
import secrets

from processes import wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
# The folder of `install`; it is missing if the package index could not be reached.
PYTHON = os.path.join(HERE, "../../../.build/live-tests-python/bin/python3")
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
        return os.path.exists(PYTHON)

    def start(self, processes):
        """Starts the server, which then prepares its database; `wait` waits for it."""
        os.mkdir(self.folder, 0o700)
        path = f"{self.folder}/configuration.json"
        with open(path, "w") as file:
            json.dump(self.configuration, file)
        self.process = processes.start("dot", PYTHON, f"{HERE}/dot_site.py", path)

    def wait(self):
        wait_for(self.port, self.process, "django-oauth-toolkit")

    @property
    def info(self):
        secrets_of = {name: {"secret": client.get("secret")} for name, client in self.clients.items()}
        return {"issuer": self.base, "clients": secrets_of}
