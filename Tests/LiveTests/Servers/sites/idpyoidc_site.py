"""A Flask application with the endpoints of idpyoidc: one user, and the clients of a configuration file.

    idpyoidc_site.py CONFIGURATION        runs until it is stopped
"""
import json
import os
import sys
import traceback

from flask import Flask, make_response, redirect, request
from idpyoidc.message.oauth2 import ResponseMessage
from idpyoidc.message.oidc import AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration

with open(sys.argv[1]) as file:
    configuration = json.load(file)
folder = configuration["folder"]
issuer = f"http://127.0.0.1:{configuration['port']}"
user = configuration["user"]
os.chdir(folder)
for name in ("private", "static", "templates"):
    os.mkdir(name)
with open("passwords.json", "w") as file:
    json.dump({user["name"]: user["password"]}, file)
with open("users.json", "w") as file:
    json.dump({user["name"]: {"sub": "subject-of-alice", "name": "Alice", "email": "alice@example.test"}}, file)
with open("templates/sign-in.jinja2", "w") as file:
    file.write(
        '<form action="{{ action }}" method="post"><input type="hidden" name="token" value="{{ token }}">'
        '<input name="username"><input type="password" name="password"><button type="submit">Sign in</button></form>'
    )

SERVER = "idpyoidc.server"
METHODS = ["client_secret_post", "client_secret_basic", "client_secret_jwt", "private_key_jwt"]
SCOPES = ["openid", "profile", "email", "offline_access", "api.read"]
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN, REFRESH_TOKEN = (f"urn:ietf:params:oauth:token-type:{name}_token" for name in ("access", "refresh"))


def component(name, /, **arguments):
    """Returns the configuration of a class of idpyoidc."""
    return {"class": f"{SERVER}.{name}", "kwargs": arguments}


def endpoint(path, name, /, **arguments):
    return component(name, **arguments) | {"path": path}


exchange_policy = {
    "": {"function": f"{SERVER}.oauth2.token_helper.validate_token_exchange_policy", "kwargs": {"scope": SCOPES}}
}
grants = {
    "authorization_code": component("oidc.token.AccessTokenHelper"),
    "refresh_token": component("oidc.token.RefreshTokenHelper"),
    "client_credentials": component("oauth2.token_helper.client_credentials.ClientCredentials"),
    EXCHANGE: component(
        "oidc.token.TokenExchangeHelper",
        subject_token_types_supported=[ACCESS_TOKEN, REFRESH_TOKEN],
        requested_token_types_supported=[ACCESS_TOKEN, REFRESH_TOKEN],
        policy=exchange_policy,
    ),
}
minted = ["access_token", "refresh_token", "id_token"]


def octet_keys(*names):
    return [{"type": "oct", "bytes": 24, "use": ["enc"], "kid": name} for name in names]


options = {
    "issuer": issuer,
    "base_url": issuer,
    "httpc_params": {"verify": False},
    "template_dir": "templates",
    "add_on": {
        "pkce": {
            "function": f"{SERVER}.oauth2.add_on.pkce.add_support",
            "kwargs": {"essential": False, "code_challenge_method": "S256"},
        }
    },
    "keys": {
        "private_path": "private/jwks.json",
        "key_defs": [{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}],
        "read_only": False,
        "uri_path": "static/jwks.json",
        "public_path": "static/jwks.json",
    },
    "cookie_handler": component(
        "cookie_handler.CookieHandler",
        keys={
            "private_path": "private/cookies.json",
            "key_defs": [{"type": "OCT", "use": [use], "kid": use} for use in ("enc", "sig")],
            "read_only": False,
        },
        name={"session": "oidc_op", "register": "oidc_op_rp", "session_management": "sman"},
    ),
    "authentication": {
        "user": component(
            "user_authn.user.UserPassJinja2",
            verify_endpoint="verify/user",
            template="sign-in.jinja2",
            db={"class": f"{SERVER}.util.JSONDictDB", "kwargs": {"filename": f"{folder}/passwords.json"}},
            page_header="",
            submit_btn="",
            user_label="",
            passwd_label="",
        )
        | {"acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword"}
    },
    "authz": component(
        "authz.AuthzHandling",
        grant_config={
            "usage_rules": {
                "authorization_code": {"supports_minting": minted, "max_usage": 1},
                "access_token": {"supports_minting": minted[:2]},
                "refresh_token": {"supports_minting": minted},
            },
            "expires_in": 43200,
        },
    ),
    "claims_interface": component("session.claims.ClaimsInterface"),
    "userinfo": component("user_info.UserInfo", db_file=f"{folder}/users.json"),
    "token_handler_args": {
        "jwks_def": {
            "private_path": "private/tokens.json",
            "read_only": False,
            "key_defs": octet_keys("code", "refresh"),
        },
        "code": {
            "lifetime": 600,
            "kwargs": {
                "crypt_conf": {
                    "kwargs": {
                        "keys": {
                            "key_defs": [{"type": "OCT", "use": ["enc"], "kid": kid} for kid in ("password", "salt")]
                        },
                        "iterations": 1,
                    }
                }
            },
        },
        "token": component("token.jwt_token.JWTToken", lifetime=3600, aud=["https://api.example.test"]),
        "refresh": component("token.jwt_token.JWTToken", lifetime=86400, aud=["https://api.example.test"]),
        "id_token": component("token.id_token.IDToken"),
    },
    "preference": {"subject_types_supported": ["public", "pairwise"], "grant_types_supported": list(grants)},
    "scopes_to_claims": {name: ["sub"] if name == "openid" else [] for name in SCOPES},
    "endpoint": {
        "provider_info": endpoint(
            ".well-known/openid-configuration", "oidc.provider_config.ProviderConfiguration", client_authn_method=None
        ),
        "introspection": endpoint(
            "introspection", "oauth2.introspection.Introspection", client_authn_method=METHODS, release=["username"]
        ),
        "revocation": endpoint(
            "revocation", "oauth2.token_revocation.TokenRevocation", client_authn_method=[*METHODS, "none"]
        ),
        "authorization": endpoint(
            "authorization",
            "oidc.authorization.Authorization",
            client_authn_method=None,
            response_types_supported=["code"],
            response_modes_supported=["query", "fragment", "form_post"],
        ),
        "pushed_authorization": endpoint(
            "par", "oauth2.pushed_authorization.PushedAuthorization", client_authn_method=METHODS
        ),
        "token": endpoint(
            "token",
            "oidc.token.Token",
            client_authn_method=[*METHODS, "none"],
            grant_types_helpers=grants,
            new_refresh_token=True,
            revoke_refresh_on_issue=True,
        ),
        "userinfo": endpoint("userinfo", "oidc.userinfo.UserInfo", claim_types_supported=["normal"]),
    },
}

application = Flask("idpyoidc")
server = Server(OPConfiguration(conf=options, base_path=folder), cwd=folder)
context = server.get_context()
key_jar = server.keyjar if hasattr(server, "keyjar") else context.keyjar
for client in configuration["clients"]:
    context.cdb[client["id"]] = {
        "client_id": client["id"],
        "client_secret": client["secret"],
        "redirect_uris": [(configuration["redirectURI"], {})],
        "client_salt": "salt",
        "token_endpoint_auth_method": client["method"],
        "response_types_supported": ["code"],
        "response_types": ["code"],
        "grant_types_supported": list(grants),
        "allowed_scopes": SCOPES,
        "scopes_to_claims": options["scopes_to_claims"],
        "id_token_signed_response_alg": "ES256",
    }
    key_jar.add_symmetric(client["id"], client["secret"])
    if client["method"] == "private_key_jwt":
        key_jar.import_jwks({"keys": [configuration["clientKey"]]}, client["id"])


def json_response(message, status):
    text = message.to_json() if hasattr(message, "to_json") else json.dumps(message)
    return make_response(text, status, {"Content-Type": "application/json"})


def respond(served, message, error="", **arguments):
    """Returns the response of an endpoint as a response of Flask."""
    info = served.do_response(request=message, error=error, **arguments)
    if info.get("response_placement", served.response_placement) == "body":
        response = make_response(info["response"], info.get("response_code", 400 if error else 200))
    else:
        response = redirect(info["response"])
    for name, value in info["http_headers"]:
        response.headers[name] = value
    cookies = info.get("cookie") or []
    for cookie in [cookies] if isinstance(cookies, dict) else cookies:
        response.set_cookie(cookie["name"], cookie["value"])
    return response


def serve(name):
    served = server.get_endpoint(name)
    http = {
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "method": request.method,
        "url": request.url,
        "cookie": [{"name": name, "value": value} for name, value in request.cookies.items()],
    }
    try:
        form = request.form.to_dict() or request.get_data(as_text=True)
        parsed = served.parse_request(request.args.to_dict() if request.method == "GET" else form, http_info=http)
        if isinstance(parsed, ResponseMessage) and "error" in parsed:
            return json_response(parsed, 401 if parsed["error"] in ("invalid_client", "invalid_token") else 400)
        result = served.process_request(parsed, http_info=http)
    except Exception as error:
        traceback.print_exc()
        return json_response({"error": "invalid_request", "error_description": str(error)}, 400)
    if "redirect_location" in result:
        return redirect(result["redirect_location"])
    if "http_response" in result:
        return make_response(result["http_response"], 200)
    if "error" in result:
        return json_response(result, 400)
    return respond(served, parsed, **result)


for path, name in (
    ("/.well-known/openid-configuration", "provider_config"),
    ("/introspection", "introspection"),
    ("/revocation", "token_revocation"),
    ("/authorization", "authorization"),
    ("/par", "pushed_authorization"),
    ("/token", "token"),
    ("/userinfo", "userinfo"),
):
    application.add_url_rule(path, name, lambda name=name: serve(name), methods=["GET", "POST"])


@application.get("/static/jwks.json")
def jwks():
    with open(f"{folder}/static/jwks.json") as file:
        return make_response(file.read(), 200, {"Content-Type": "application/json"})


@application.post("/verify/user")
def verify():
    method = server.get_context().authn_broker.get_method_by_id("user")
    form = request.form.to_dict()
    name = method.verify(**form)
    if not name:
        return make_response("wrong password", 403)
    state = method.unpack_token(form["token"])
    message = AuthorizationRequest().from_urlencoded(state["query"])
    served = server.get_endpoint("authorization")
    session = served.create_session(message, name, state["authn_class_ref"], state["iat"], method)
    result = served.authz_part2(request=message, session_id=session)
    if isinstance(result, ResponseMessage) and "error" in result:
        return json_response(result, 400)
    return respond(served, request, **result)


application.run(host="127.0.0.1", port=configuration["port"], debug=False, threaded=True)
