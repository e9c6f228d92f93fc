"""django-oauth-toolkit, an authorization server whose errors are those of the RFCs."""
import json
import os
import secrets

from processes import wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
# Where `install` puts it; it may be missing, since it comes from a package index.
PYTHON = os.path.join(HERE, "../../../.build/live-tests-python/bin/python3")
CODE, DEVICE = "authorization-code", "urn:ietf:params:oauth:grant-type:device_code"


class Toolkit:
    """One server, which knows a client for each grant: that is what it allows."""

    def __init__(self, folder, port, user, redirect_uri):
        self.folder = folder
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        # Nothing of its end survives form encoding unchanged.
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
        """Starts it, and leaves it alone while it prepares its database."""
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
