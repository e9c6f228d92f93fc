"""A Django site with django-oidc-provider: one user, the clients of a configuration file, and a database.

    django_provider_site.py CONFIGURATION        runs until it is stopped
"""
import json
import os
import sys

import django
from django.conf import settings

with open(sys.argv[1]) as file:
    configuration = json.load(file)
folder = configuration["folder"]
applications = ["auth", "contenttypes", "sessions", "messages"]
PAGES = {
    "login.html": '<form method="post">{% csrf_token %}{{ form }}<input type="submit" value="sign in"></form>',
    "oidc_provider/authorize.html": '<form method="post" action="{% url "oidc_provider:authorize" %}">{% csrf_token %}'
    '{{ hidden_inputs|safe }}<input type="submit" name="allow" value="Authorize"></form>',
    "oidc_provider/error.html": "<p>{{ error }}: {{ description }}</p>",
}

settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[f"django.contrib.{name}" for name in applications] + ["oidc_provider"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "oidc_provider.middleware.SessionManagementMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [f"{folder}/pages"],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.contrib.auth.context_processors.auth",
                    "django.template.context_processors.request",
                ]
            },
        }
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/provider.db"}},
    # The tables are created from the models, without running all migrations.
    MIGRATION_MODULES={name: None for name in [*applications, "oidc_provider"]},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # Fast; secrets are new at every start.
    LOGIN_URL="/login/",
    SITE_URL=f"http://127.0.0.1:{configuration['port']}",
    OIDC_SESSION_MANAGEMENT_ENABLE=True,
    OIDC_INTROSPECTION_VALIDATE_AUDIENCE_SCOPE=False,
    OIDC_USERINFO=f"{__name__}.userinfo",
    OIDC_GRANT_TYPE_PASSWORD_ENABLE=True,  # The package enables client credentials together with passwords.
)
sys.modules.setdefault("site", sys.modules[__name__])
django.setup()

from django.contrib.auth import get_user_model, views
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import include, path


def userinfo(claims, user):
    """Adds the claims of the user."""
    return claims | {"name": "Alice", "email": user.email}


urlpatterns = [
    path("openid/", include("oidc_provider.urls", namespace="oidc_provider")),
    path("login/", views.LoginView.as_view(template_name="login.html")),
]


def main():
    from oidc_provider.models import Client, ResponseType

    for name, page in PAGES.items():
        target = f"{folder}/pages/{name}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w") as file:
            file.write(page)
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("creatersakey", stdout=sys.stderr)
    user = configuration["user"]
    get_user_model().objects.create_user(user["name"], f"{user['name']}@example.test", user["password"])
    code, _ = ResponseType.objects.get_or_create(value="code", defaults={"description": "code"})
    for registration in configuration["clients"]:
        name = registration["id"]
        client = Client(
            client_id=name,
            name=name,
            client_type="confidential" if registration.get("secret") else "public",
            client_secret=registration.get("secret", ""),
            jwt_alg="HS256" if name == "symmetric" else "RS256",
            reuse_consent=False,
            require_consent=True,
        )
        client.redirect_uris = [configuration["redirectURI"]]
        client.post_logout_redirect_uris = [configuration["redirectURI"]]
        client.scope = ["api.read", "token_introspection"]
        client.save()
        client.response_types.add(code)
    server = ThreadedWSGIServer(("127.0.0.1", configuration["port"]), WSGIRequestHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    server.serve_forever()


if __name__ == "__main__":
    main()
