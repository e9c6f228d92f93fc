"""glewlwyd, an authorization server, configured by its administration API."""
import http.client
import json
import os
import secrets
import shutil
import sqlite3

import keys
from processes import wait_for

PAGES = "/usr/share/glewlwyd/webapp"
PAGES_CONFIGURATION = "/usr/share/glewlwyd/templates/config.json"
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
USER = "alice"
# The default account of the database; only programs on this machine can reach the server.
ADMINISTRATOR = {"name": "admin", "password": "password"}
SCOPES = ["api.read", "api.write", "register", "profile"]
DEVICE = "device_authorization"
REDIRECT_URI = "http://127.0.0.1:8799/callback"

CONFIGURATION = """\
port={port}
bind_address="127.0.0.1"
external_url="{base}"
login_url="login.html"
api_prefix="api"
static_files_path="{folder}/pages/"
static_files_mime_types = (
  {{ extension = ".html"; mime_type = "text/html"; }}, {{ extension = ".css"; mime_type = "text/css"; }},
  {{ extension = ".js"; mime_type = "application/javascript"; }},
  {{ extension = ".json"; mime_type = "application/json"; }}, {{ extension = ".woff2"; mime_type = "font/woff2"; }}
);
log_mode="console"
log_level="WARNING"
cookie_domain="127.0.0.1"
cookie_secure=0
admin_session_authentication="cookie"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA256"
response_allowed_compression=""
database = {{ type = "sqlite3"; path = "{folder}/glewlwyd.db"; }};
"""


class Clients:
    """The clients of every server and their credentials, which are new at every start."""

    def __init__(self):
        self.user_password = secrets.token_urlsafe()
        self.registrations = {}
        self.credentials = {}
        self._add_secret("basic", "client_secret_basic")
        # The suffix of the secret has only characters that form encoding changes.
        self._add_secret("special", "client_secret_basic", secret=secrets.token_urlsafe() + "~!*'() %+&:/?=")
        self._add_secret("post", "client_secret_post")
        self._add_secret("jwt", "client_secret_jwt")
        self._add_secret("registrar", "client_secret_basic")
        self._add_secret("short", "client_secret_basic")
        self._add_secret("shared", "client_secret_basic")
        # glewlwyd has nonces per client, so each test has its own client.
        for name in ("bound", "nonce", "user", "bound-user"):
            self._add_secret(name, "client_secret_basic", dpop_bound_access_tokens="true")
        self._add_keys("key")
        self._add_keys("nonce-key")
        self.registrations["native"] = self._registration(
            "native", "none", confidential=False, authorization_type=["code", "refresh_token", DEVICE]
        )

    def _add_secret(self, name, method, secret=None, **more):
        secret = secret or secrets.token_urlsafe(48)
        self.credentials[name] = {"secret": secret}
        self._register(name, method, client_secret=secret, **more)

    def _add_keys(self, name):
        ec, rsa = keys.elliptic_curve(f"{name}-es256"), keys.rsa(f"{name}-rs256")
        self.credentials[name] = {"ES256": ec.pem, "RS256": rsa.pem}
        self._register(name, "private_key_jwt", jwks={"keys": [ec.public_jwk, rsa.public_jwk]})

    def _register(self, name, method, **more):
        self.registrations[name] = self._registration(name, method, **more)

    def _registration(self, name, method, **more):
        return {
            "client_id": name,
            "name": name,
            "enabled": True,
            "confidential": True,
            "scope": SCOPES,
            "redirect_uri": [REDIRECT_URI],
            "token_endpoint_auth_method": [method],
            "authorization_type": ["code", "client_credentials", "refresh_token", DEVICE],
        } | more


class Glewlwyd:
    """One server.

    Its issuers are `/api/oidc`, `/api/nonce` (requires nonces in proofs), `/api/par` (requires pushed authorization
    requests), `/api/short` (token lifetime of two seconds) and `/api/rotating` (for the test that changes its keys).
    """

    def __init__(self, folder, port, base, signing, clients):
        self.folder = folder
        self.port = port
        self.base = base
        self.signing = signing
        self.clients = clients
        self.rotating = [keys.elliptic_curve(f"rotating-{number}").private_jwk for number in (1, 2)]

    @property
    def rotating_key_sets(self):
        """The key sets of the issuer `rotating`, which uses one of them at a time."""
        return [_key_set([key]) for key in self.rotating]

    def start(self, processes):
        os.mkdir(self.folder, 0o700)
        database = sqlite3.connect(f"{self.folder}/glewlwyd.db")
        database.execute("PRAGMA journal_mode=WAL")
        with open(SCHEMA, encoding="utf-8") as file:
            database.executescript(file.read())
        database.close()
        self._copy_pages()
        path = f"{self.folder}/glewlwyd.conf"
        with open(path, "w") as file:
            file.write(CONFIGURATION.format(port=self.port, base=self.base, folder=self.folder))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GLWD_")}
        name = os.path.basename(self.folder)
        process = processes.start(name, "glewlwyd", "--config-file", path, environment=environment)
        wait_for(self.port, process, name)
        # For tests that suspend, kill and restart the server.
        self.process = {"id": process.pid, "configuration": path, "list": processes.list}

    def _copy_pages(self):
        """Copies the web pages, because Debian installs their configuration file as a folder."""
        shutil.copytree(PAGES, f"{self.folder}/pages", ignore=shutil.ignore_patterns("config.json"))
        shutil.copy(PAGES_CONFIGURATION, f"{self.folder}/pages/config.json")

    def configure(self):
        """Adds scopes, the user, the clients and the issuers."""
        administrator = Session(self.port)
        administrator.log_in(**ADMINISTRATOR)
        for scope in SCOPES:
            administrator(
                "POST", "/api/scope",
                {"name": scope, "display_name": scope, "password_required": True, "password_max_age": 0, "scheme": {}},
            )
        administrator(
            "POST", "/api/user",
            {
                "username": USER, "password": self.clients.user_password, "name": "Alice", "enabled": True,
                "email": "alice@example.test", "scope": ["g_profile", "openid", *SCOPES],
            },
        )
        # The client store rejects properties that are not declared in its data format.
        store = json.loads(administrator("GET", "/api/mod/client/database"))
        properties = store["parameters"]["data-format"]
        properties["dpop_bound_access_tokens"] = {"multiple": False, "read": True, "write": True}
        properties["backchannel_logout_uri"] = {"multiple": False, "read": True, "write": True}
        properties["post_logout_redirect_uris"] = {"multiple": True, "read": True, "write": True}
        administrator("PUT", "/api/mod/client/database", store)
        administrator("PUT", "/api/mod/client/database/reset")
        for registration in self.clients.registrations.values():
            administrator("POST", "/api/client", registration)
        elliptic, rsa = (key.private_jwk for key in self.signing)
        self._add_issuer(administrator, "oidc", [elliptic, rsa])
        self._add_issuer(
            administrator, "nonce", [elliptic, rsa],
            **{"oauth-dpop-nonce-mandatory": True, "oauth-dpop-nonce-counter": 3},
        )
        # The server signs with the first key, regardless of `default-kid`.
        self._add_issuer(administrator, "short", [rsa, elliptic], **{"access-token-duration": 2})
        self._add_issuer(administrator, "par", [elliptic, rsa], **{"oauth-par-required": True, "oauth-as-iss-id": True})
        self._add_issuer(administrator, "rotating", self.rotating[:1], **{"default-kid": ""})
        user = Session(self.port)
        user.log_in(USER, self.clients.user_password)
        for name in self.clients.registrations:
            user("PUT", f"/api/auth/grant/{name}", {"scope": " ".join(["openid", *SCOPES])})

    def _add_issuer(self, administrator, name, jwks, **more):
        issuer = f"{self.base}/api/{name}"
        parameters = {
            "iss": issuer,
            "issuer": issuer,
            "jwks-private": _key_set(jwks),
            "default-kid": jwks[0]["kid"],
            "jwks-show": True,
            "jwt-type": "ecdsa",
            "jwt-key-size": "256",
            "access-token-duration": 300,
            "refresh-token-duration": 1209600,
            "code-duration": 60,
            "refresh-token-rolling": True,
            "refresh-token-one-use": "always",
            "allow-non-oidc": True,
            "auth-type-code-enabled": True,
            "auth-type-code-revoke-replayed": True,
            "auth-type-client-enabled": True,
            "auth-type-refresh-enabled": True,
            "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": False,
            "auth-type-none-enabled": False,
            "auth-type-password-enabled": False,
            "auth-type-device-enabled": True,
            "device-authorization-expiration": 600,
            "device-authorization-interval": 1,
            "scope": [{"name": "openid"}],
            "allowed-scope": ["openid", *SCOPES],
            "subject-type": "public",
            "name-claim": "mandatory",
            "request-parameter-allow": True,
            "request-maximum-exp": 300,
            "client-jwks-parameter": "jwks",
            "client-pubkey-parameter": "pubkey",
            "pkce-allowed": True,
            "pkce-required-public-client": True,
            "introspection-revocation-allowed": True,
            "introspection-revocation-allow-target-client": True,
            "introspection-revocation-auth-scope": [],
            "register-client-allowed": True,
            "register-client-auth-scope": ["register"],
            "register-client-credentials-scope": [],
            "register-client-management-allowed": False,
            "oauth-dpop-allowed": True,
            "oauth-dpop-iat-duration": 60,
            "oauth-dpop-iat-gap-duration": 5,
            "oauth-dpop-dpop_bound_access_tokens-property": "dpop_bound_access_tokens",
            "oauth-dpop-nonce-mandatory": False,
            "oauth-par-allowed": True,
            "oauth-par-required": False,
            "oauth-par-request_uri-prefix": "urn:ietf:params:oauth:request_uri:",
            "oauth-par-duration": 60,
            "session-management-allowed": True,
            "session-cookie-name": f"{name}-session",
            "session-cookie-expiration": 2419200,
        } | more
        administrator(
            "POST", "/api/mod/plugin",
            {"module": "oidc", "name": name, "display_name": name, "enabled": True, "parameters": parameters},
        )


def _key_set(jwks):
    return json.dumps({"keys": jwks})


class Session:
    """A session of a user or administrator."""

    def __init__(self, port):
        self.port = port
        self.cookie = None

    def log_in(self, name, password):
        self("POST", "/api/auth", {"username": name, "password": password})

    def __call__(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        fields = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            fields["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection.request(method, path, body, fields)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"glewlwyd: {method} {path}: {response.status} {text[:500]}")
        cookie = response.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";", 1)[0]
        return text
