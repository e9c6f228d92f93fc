"""Apache with mod_oauth2: an API that validates access tokens and DPoP proofs.

mod_oauth2 compares the scope claim as one string, so the configuration lists the scopes of services and of users.
"""
import json
import os

from processes import wait_for

CONFIGURATION = """\
{modules}
ServerName 127.0.0.1
ServerRoot {folder}
PidFile {folder}/httpd.pid
DefaultRuntimeDir {folder}
Mutex file:{folder} default
Listen 127.0.0.1:{port}
ErrorLog {folder}/error.log
LogLevel warn
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MinSpareThreads 4
MaxSpareThreads 32
MaxRequestWorkers 32
TypesConfig /etc/mime.types
DocumentRoot {folder}/www
User www-data
Group www-data
<Directory {folder}/www>
  AllowOverride None
  Require all denied
</Directory>
<Location /open>
  Require all granted
</Location>
<Location /bearer>
  AuthType oauth2
  OAuth2TokenVerify jwks_uri {jwks} verify.iat=skip
  Require oauth2_claim scope:api.read
  Require oauth2_claim "scope:openid profile api.read"
</Location>
<Location /dpop>
  AuthType oauth2
  OAuth2TokenVerify jwks_uri {jwks} verify.iat=skip&type=dpop&dpop.iat.slack.before=60&dpop.iat.slack.after=60
  OAuth2AcceptTokenIn header name=Authorization&type=DPoP
  Require oauth2_claim scope:api.read
  Require oauth2_claim "scope:openid profile api.read"
</Location>
"""
MODULES = "mpm_event authn_core authz_core authz_user mime headers setenvif oauth2 dir".split()
FOLDERS = ("open", "bearer", "dpop")


def start(folder, processes, port, jwks):
    """Starts Apache; it validates tokens with the key set at the URL `jwks`."""
    for name in FOLDERS:
        os.makedirs(f"{folder}/www/{name}")
        with open(f"{folder}/www/{name}/greeting.json", "w") as file:
            json.dump({"place": name, "text": "hello"}, file)
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
    path = f"{folder}/httpd.conf"
    with open(path, "w") as file:
        file.write(CONFIGURATION.format(modules=modules, folder=folder, port=port, jwks=jwks))
    process = processes.start("apache", "apache2", "-D", "FOREGROUND", "-f", path)
    wait_for(port, process, "apache2")
