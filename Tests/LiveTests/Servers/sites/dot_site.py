"""A Django site with django-oauth-toolkit: one user, the clients of a configuration file, and a database.

    dot_site.py CONFIGURATION        runs until it is stopped
"""
import json
import os
import sys

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

with open(sys.argv[1]) as file:
    configuration = json.load(file)
base = configuration["base"]
applications = ["auth", "contenttypes", "sessions"]

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # The server is reachable on the loopback interface only.
settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[f"django.contrib.{name}" for name in applications] + ["oauth2_provider"],
    # No CSRF protection, because only tests send forms.
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{configuration['folder']}/dot.db",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
            },
        }
    },
    # The tables are created from the models, without running all migrations.
    MIGRATION_MODULES={name: None for name in [*applications, "oauth2_provider"]},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # Fast; secrets are new at every start.
    LOGIN_URL="/sign-in",
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode(),
        "OIDC_ISS_ENDPOINT": base,
        "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
        "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "PKCE_REQUIRED": True,
        "SCOPES": {name: name for name in ("openid", "profile", "api.read", "api.write")},
        "DEFAULT_SCOPES": ["api.read"],
        "ACCESS_TOKEN_EXPIRE_SECONDS": 300,
        "ID_TOKEN_EXPIRE_SECONDS": 300,
        "REFRESH_TOKEN_EXPIRE_SECONDS": 86400,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "ALLOWED_SCHEMES": ["http"],
        "REQUEST_APPROVAL_PROMPT": "auto",
        "OAUTH_DEVICE_VERIFICATION_URI": f"{base}/device/",
        "DEVICE_FLOW_INTERVAL": 1,
    },
)
django.setup()

from django.contrib import auth
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from oauth2_provider.models import get_application_model
from oauth2_provider.views import OAuthServerMetadataView


def sign_in(request):
    """Signs in the user with the posted name and password."""
    user = auth.authenticate(request, username=request.POST.get("name"), password=request.POST.get("password"))
    if user is None:
        return HttpResponse(status=403)
    auth.login(request, user)
    return HttpResponse(status=204)


def metadata(request):
    """Returns the toolkit's metadata with the device authorization endpoint, which the toolkit omits."""
    document = json.loads(OAuthServerMetadataView.as_view()(request).content)
    return JsonResponse(document | {"device_authorization_endpoint": f"{base}/device-authorization/"})


urlpatterns = [
    path("sign-in", sign_in),
    path(".well-known/oauth-authorization-server", metadata),
    path("", include("oauth2_provider.urls")),
]


def main():
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = configuration["user"]
    auth.get_user_model().objects.create_user(user["name"], f"{user['name']}@example.test", user["password"])
    for name, client in configuration["clients"].items():
        get_application_model().objects.create(
            client_id=name,
            name=name,
            client_type="confidential" if "secret" in client else "public",
            client_secret=client.get("secret", ""),
            authorization_grant_type=client["grant"],
            redirect_uris=configuration["redirectURI"],
            post_logout_redirect_uris=configuration["redirectURI"],
            skip_authorization=True,
            algorithm="RS256",
        )
    server = ThreadedWSGIServer(("127.0.0.1", configuration["port"]), WSGIRequestHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    server.serve_forever()


main()
