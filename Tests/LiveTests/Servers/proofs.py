#!/usr/bin/env python3
"""Makes keys, and checks DPoP proofs, with joserfc: an implementation of JOSE that nobody here wrote.

    proofs.py keys < /dev/null      prints a JSON object: for each algorithm a private key as PEM and as JWK
    proofs.py check < cases.json    reads a JSON array of {proof, method, url, token, nonce}, and prints an array with
                                    the thumbprint of each proof's key; what is wrong ends the program with a message
"""
import base64
import hashlib
import json
import sys
import time

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, import_key

ALGORITHMS = {"ES256": lambda: ECKey.generate_key("P-256"), "EdDSA": lambda: OKPKey.generate_key("Ed25519")}
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def keys():
    made = {}
    for algorithm, generate in ALGORITHMS.items():
        key = generate()
        made[algorithm] = {
            "pem": key.as_pem(private=True).decode(),
            "jwk": json.dumps(key.as_dict(private=True)),
            "thumbprint": key.thumbprint(),
        }
    return made


def check(case):
    """Points 4 to 12 of RFC 9449 section 4.3."""
    header = json.loads(_decoded(case["proof"].split(".")[0]))
    expect(header["typ"] == "dpop+jwt", "typ")
    expect(header["alg"] in ALGORITHMS, "alg")
    expect(not PRIVATE & set(header["jwk"]), "a private member in jwk")
    key = import_key(header["jwk"])
    claims = json.loads(jws.deserialize_compact(case["proof"], key, algorithms=[header["alg"]]).payload)
    expect(claims["htm"] == case["method"], "htm")
    expect(claims["htu"] == case["url"].split("?")[0].split("#")[0], "htu")
    expect(abs(claims["iat"] - time.time()) < 60, "iat")
    expect(len(_decoded(claims["jti"])) * 8 >= 128, "jti")
    digest = hashlib.sha256(case["token"].encode()).digest()
    expect(claims["ath"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), "ath")
    expect(claims.get("nonce") == case.get("nonce"), "nonce")
    return key.thumbprint()


def expect(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


print(json.dumps(keys() if sys.argv[1] == "keys" else [check(case) for case in json.load(sys.stdin)]))
