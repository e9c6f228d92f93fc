"""django-oidc-provider, an OpenID Provider for Django sites."""
import os
import secrets

from processes import wait_for
import python


class DjangoProvider:
    def __init__(self, folder, port, user, redirect_uri):
        self.folder = folder
        self.port = port
        self.user = user
        self.redirect_uri = redirect_uri
        self.clients = {
            "basic": {"id": "basic", "secret": secrets.token_urlsafe(32)},
            "public": {"id": "public"},
            # Signs ID tokens with the secret of the client (HS256).
            "symmetric": {"id": "symmetric", "secret": secrets.token_urlsafe(32)},
        }

    @staticmethod
    def is_installed():
        return python.is_installed("django-oidc-provider")

    def start(self, processes):
        os.mkdir(self.folder, 0o700)
        path = f"{self.folder}/configuration.json"
        python.write_json(
            path,
            {
                "folder": self.folder,
                "port": self.port,
                "user": self.user,
                "redirectURI": self.redirect_uri,
                "clients": list(self.clients.values()),
            },
        )
        site = f"{python.HERE}/sites/django_provider_site.py"
        self.process = processes.start(
            "django-oidc-provider", python.executable("django-oidc-provider"), site, path
        )

    def wait(self):
        wait_for(self.port, self.process, "django-oidc-provider")

    @property
    def info(self):
        return {"issuer": f"http://127.0.0.1:{self.port}/openid", "clients": self.clients, "user": self.user}
