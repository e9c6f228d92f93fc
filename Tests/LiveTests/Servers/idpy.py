"""An OpenID Provider made of the library idpyoidc."""
import os
import secrets

from processes import wait_for
import python

METHODS = {
    "basic": "client_secret_basic",
    "post": "client_secret_post",
    "jwt": "client_secret_jwt",
    "key": "private_key_jwt",
    "public": "none",
}


class Idpy:
    def __init__(self, folder, port, user, redirect_uri, client_key):
        self.folder = folder
        self.port = port
        self.user = user
        self.client_key = client_key
        self.redirect_uri = redirect_uri
        self.clients = {name: {"id": name, "secret": secrets.token_urlsafe(32)} for name in METHODS}

    @staticmethod
    def is_installed():
        return python.is_installed("idpyoidc")

    def start(self, processes):
        os.mkdir(self.folder, 0o700)
        path = f"{self.folder}/configuration.json"
        clients = [
            {"id": name, "method": method, "secret": self.clients[name]["secret"]} for name, method in METHODS.items()
        ]
        python.write_json(
            path,
            {
                "folder": self.folder,
                "port": self.port,
                "user": self.user,
                "redirectURI": self.redirect_uri,
                "clients": clients,
                "clientKey": self.client_key.public_jwk,
            },
        )
        site = f"{python.HERE}/sites/idpyoidc_site.py"
        self.process = processes.start("idpyoidc", python.executable("idpyoidc"), site, path)

    def wait(self):
        wait_for(self.port, self.process, "idpyoidc")
        self.clients["public"]["secret"] = None
        self.clients["key"] = {"id": "key", "ES256": self.client_key.pem}

    @property
    def info(self):
        return {"issuer": f"http://127.0.0.1:{self.port}", "clients": self.clients, "user": self.user}
