"""The portal of lemonldap-ng as an OpenID Provider. Its issuer ends with a slash."""
import json
import os
import secrets
import shutil

from processes import wait_for

DEFAULTS = "/var/lib/lemonldap-ng/conf/lmConf-1.json"
# The user of the authentication module Demo.
USER = {"name": "dwho", "password": "dwho"}
INI = """\
[all]
logLevel = notice
[configuration]
type=File
dirName={folder}/conf
localStorage=Cache::FileCache
localStorageOptions={{'namespace'=>'lemonldap-ng-config','default_expires_in'=>600,'directory_umask'=>'007','cache_root'=>'{folder}/cache','cache_depth'=>3}}
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
"""
APPLICATION = """\
use Lemonldap::NG::Portal::Main;
Lemonldap::NG::Portal::Main->run({});
"""


class Lemonldap:
    def __init__(self, folder, port, redirect_uri, signing_key):
        self.folder = folder
        self.port = port
        self.redirect_uri = redirect_uri
        self.signing_key = signing_key
        self.clients = {
            "basic": {"id": "basic", "secret": secrets.token_urlsafe(32)},
            "public": {"id": "public"},
            # Responses of the userinfo endpoint are signed.
            "signed": {"id": "signed", "secret": secrets.token_urlsafe(32)},
        }

    @staticmethod
    def is_installed():
        return os.path.exists(DEFAULTS) and shutil.which("plackup") is not None

    def _client(self, name, **changes):
        options = {
            "ClientID": name,
            "ClientSecret": self.clients[name].get("secret") or "",
            "Public": 0 if self.clients[name].get("secret") else 1,
            "IDTokenSignAlg": "RS256",
            "AccessTokenSignAlg": "RS256",
            "AccessTokenExpiration": 3600,
            "IDTokenExpiration": 3600,
            "RedirectUris": self.redirect_uri,
            "PostLogoutRedirectUris": self.redirect_uri,
            "AllowOffline": 1,
            "RefreshToken": 1,
            "AllowClientCredentialsGrant": 1,
            "BypassConsent": 0,
            "UserIDAttr": "uid",
            "IDTokenForceClaims": 0,
            "RequirePKCE": 1,
        } | changes
        return {f"oidcRPMetaDataOptions{option}": value for option, value in options.items()}

    def _configuration(self):
        with open(DEFAULTS) as file:
            configuration = json.load(file)
        base = f"http://127.0.0.1:{self.port}/"
        clients = {name: self._client(name) for name in self.clients}
        clients["signed"] |= self._client("signed", UserInfoSignAlg="RS256")
        storage = {"generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"}
        public = self.signing_key.public_pem
        return configuration | {
            "cfgNum": 1,
            "authentication": "Demo",
            "userDB": "Same",
            "passwordDB": "Demo",
            "registerDB": "Null",
            "domain": "127.0.0.1",
            "portal": base,
            "securedCookie": 0,
            "requireToken": 0,
            "key": secrets.token_urlsafe(),
            "globalStorageOptions": storage
            | {"Directory": f"{self.folder}/sessions", "LockDirectory": f"{self.folder}/sessions/lock"},
            "persistentStorageOptions": {
                "Directory": f"{self.folder}/psessions",
                "LockDirectory": f"{self.folder}/psessions/lock",
            },
            "localSessionStorageOptions": {
                "cache_depth": 3,
                "cache_root": f"{self.folder}/cache",
                "default_expires_in": 600,
                "directory_umask": "007",
                "namespace": "lemonldap-ng-sessions",
            },
            "demoExportedVars": {"cn": "cn", "mail": "mail", "uid": "uid"},
            "issuerDBOpenIDConnectActivation": 1,
            "issuerDBOpenIDConnectPath": "^/oauth2/",
            "issuerDBOpenIDConnectRule": 1,
            "oidcServiceMetaDataIssuer": base,
            "oidcServicePrivateKeySig": self.signing_key.pem,
            "oidcServicePublicKeySig": public,
            "oidcServiceKeyIdSig": self.signing_key.public_jwk["kid"],
            "oidcServiceAllowAuthorizationCodeFlow": 1,
            "oidcServiceAllowHybridFlow": 0,
            "oidcServiceAllowImplicitFlow": 0,
            "oidcServiceAllowOnlyDeclaredScopes": 0,
            "oidcRPMetaDataOptions": clients,
            "oidcRPMetaDataExportedVars": {
                name: {"email": "mail", "name": "cn", "preferred_username": "uid"} for name in clients
            },
            "oidcRPMetaDataOptionsExtraClaims": {name: {} for name in clients},
            "oidcRPMetaDataScopeRules": {name: {"api.read": "1"} for name in clients},
            "whatToTrace": "uid",
            "portalDisplayResetPassword": 0,
            "portalDisplayRegister": 0,
            "loginHistoryEnabled": 0,
        }

    def start(self, processes):
        for name in ("conf", "cache", "sessions/lock", "psessions/lock"):
            os.makedirs(f"{self.folder}/{name}", 0o700)
        with open(f"{self.folder}/conf/lmConf-1.json", "w") as file:
            json.dump(self._configuration(), file)
        with open(f"{self.folder}/lemonldap-ng.ini", "w") as file:
            file.write(INI.format(folder=self.folder))
        with open(f"{self.folder}/app.psgi", "w") as file:
            file.write(APPLICATION)
        environment = os.environ | {"LLNG_DEFAULTCONFFILE": f"{self.folder}/lemonldap-ng.ini"}
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = processes.start(
            "lemonldap",
            "plackup", "-s", "Starman", "--workers", "2", *address, f"{self.folder}/app.psgi",
            environment=environment,
        )

    def wait(self):
        wait_for(self.port, self.process, "lemonldap-ng")

    @property
    def info(self):
        return {"issuer": f"http://127.0.0.1:{self.port}/", "clients": self.clients, "user": USER}
