"""canaille, an OpenID Provider with dynamic client registration (RFC 7591)."""
import json
import os
import secrets
import subprocess

from processes import wait_for
import python

CONFIGURATION = """\
SECRET_KEY = "{key}"
SERVER_NAME = "127.0.0.1:{port}"
PREFERRED_URL_SCHEME = "http"
[CANAILLE]
DATABASE = "sql"
HTMX = false
JAVASCRIPT = false
[CANAILLE_SQL]
DATABASE_URI = "sqlite:///{folder}/canaille.sqlite"
[CANAILLE_OIDC]
DYNAMIC_CLIENT_REGISTRATION_OPEN = true
[[CANAILLE_OIDC.ACTIVE_JWKS]]
{jwk}
[CANAILLE_HYPERCORN]
BIND = "127.0.0.1:{port}"
"""
METHODS = {
    "basic": "client_secret_basic",
    "post": "client_secret_post",
    "public": "none",
    "key": "private_key_jwt",
}


class Canaille:
    def __init__(self, folder, port, user, redirect_uri, signing_key, client_key):
        self.folder = folder
        self.port = port
        self.user = user
        self.redirect_uri = redirect_uri
        self.signing_key = signing_key
        self.client_key = client_key
        self.clients = {}

    @staticmethod
    def is_installed():
        return python.is_installed("canaille")

    def start(self, processes):
        os.mkdir(self.folder, 0o700)
        path = f"{self.folder}/configuration.toml"
        jwk = "\n".join(f"{name} = {json.dumps(value)}" for name, value in self.signing_key.private_jwk.items())
        key = secrets.token_urlsafe()
        with open(path, "w") as file:
            file.write(CONFIGURATION.format(key=key, port=self.port, folder=self.folder, jwk=jwk))
        program = python.executable("canaille", "canaille")
        environment = os.environ | {"CANAILLE_CONFIG": path}
        user = ["--user-name", self.user["name"], "--password", self.user["password"], "--emails", "alice@example.test"]
        names = ["--family-name", "Doe", "--formatted-name", "Alice"]
        for command in (["install"], ["create", "user", "--quiet", *user, *names]):
            subprocess.run(
                [program, *command], env=environment, cwd=self.folder, check=True, capture_output=True
            )
        # The folder is an argument, so that `down` recognizes the process.
        command = f'exec "{program}" run'
        self.process = processes.start(
            "canaille", "/bin/sh", "-c", command, self.folder, environment=environment | {"PWD": self.folder}
        )

    def wait(self):
        wait_for(self.port, self.process, "canaille")
        for name, method in METHODS.items():
            registration = {
                "client_name": name,
                "redirect_uris": [self.redirect_uri],
                "post_logout_redirect_uris": [self.redirect_uri],
                "token_endpoint_auth_method": method,
                "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
                "response_types": ["code"],
                "scope": "openid profile email",
            }
            if method == "private_key_jwt":
                registration["jwks"] = {"keys": [self.client_key.public_jwk]}
            response = python.post_json(f"http://127.0.0.1:{self.port}/oauth/register", registration)
            self.clients[name] = {"id": response["client_id"], "secret": response.get("client_secret") or None}
        self.clients["key"] = {"id": self.clients["key"]["id"], "ES256": self.client_key.pem}
        self.clients["public"]["secret"] = None

    @property
    def info(self):
        return {"issuer": f"http://127.0.0.1:{self.port}", "clients": self.clients, "user": self.user}
