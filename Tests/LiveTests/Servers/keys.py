"""Keys and certificates, created with the openssl program only."""
import base64
import os
import re
import subprocess


def openssl(*arguments, text=None):
    return subprocess.run(
        ["openssl", *arguments], input=text, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ).stdout


class Key:
    """A private key as PEM and as JSON Web Keys."""

    def __init__(self, pem, jwk):
        self.pem = pem.decode()
        self.private_jwk = jwk
        self.public_pem = openssl("pkey", "-pubout", text=pem).decode()
        self.public_jwk = {k: v for k, v in jwk.items() if k not in ("d", "p", "q", "dp", "dq", "qi")}


def elliptic_curve(key_id):
    """Returns a new P-256 key for ES256."""
    pem = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    text = openssl("pkey", "-noout", "-text", text=pem).decode()
    point = _bytes(text, "pub")[-64:]
    jwk = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": key_id}
    jwk |= {"x": _base64url(point[:32]), "y": _base64url(point[32:])}
    jwk["d"] = _base64url(_bytes(text, "priv").lstrip(b"\0").rjust(32, b"\0"))
    return Key(pem, jwk)


def rsa(key_id):
    """Returns a new 2048-bit key for RS256."""
    pem = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    text = openssl("pkey", "-noout", "-text", text=pem).decode()
    names = {
        "n": "modulus", "d": "privateExponent", "p": "prime1", "q": "prime2",
        "dp": "exponent1", "dq": "exponent2", "qi": "coefficient",
    }
    jwk = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": key_id, "e": "AQAB"}
    jwk |= {member: _base64url(_bytes(text, name).lstrip(b"\0")) for member, name in names.items()}
    return Key(pem, jwk)


def make_certificate(folder):
    """Writes ca.pem, and tls.pem with a certificate for 127.0.0.1 and its private key."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    ca_key, key, request = (f"{folder}/{name}" for name in ("ca.key", "tls.key", "tls.csr"))
    openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=live tests", "-keyout", ca_key, "-out", f"{folder}/ca.pem")
    openssl("req", *curve, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request)
    with open(f"{folder}/tls.ext", "w") as file:
        file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n")
    certificate = openssl(
        "x509", "-req", "-in", request, "-CA", f"{folder}/ca.pem", "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
        "-extfile", f"{folder}/tls.ext",
    )
    with open(key, "rb") as file:
        private = file.read()
    with open(f"{folder}/tls.pem", "wb", opener=_secret) as file:
        file.write(certificate + private)


def _secret(path, flags):
    return os.open(path, flags, 0o600)


def _bytes(text, label):
    """Returns the value of a label in openssl's output: hexadecimal digits with colons on indented lines."""
    block = re.search(rf"(?m)^{re.escape(label)}:[^\n]*\n((?:\s+[0-9a-f:]+\n)+)", text)
    return bytes.fromhex(re.sub(r"[\s:]", "", block.group(1)))


def _base64url(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
