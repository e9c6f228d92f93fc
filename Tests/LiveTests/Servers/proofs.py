#!/usr/bin/env python3
"""Generates keys and verifies DPoP proofs with joserfc, an independent JOSE implementation.

    proofs.py keys < /dev/null      prints a JSON object with a private key as PEM and JWK for each algorithm
    proofs.py check < cases.json    reads a JSON array of {proof, method, url, token, nonce} and prints an array with the
                                    thumbprints of the keys; an invalid proof ends the program with an error message
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
    generated = {}
    for algorithm, generate in ALGORITHMS.items():
        key = generate()
        generated[algorithm] = {
            "pem": key.as_pem(private=True).decode(),
            "jwk": json.dumps(key.as_dict(private=True)),
            "thumbprint": key.thumbprint(),
        }
    return generated


def check(case):
    """Verifies a proof (RFC 9449 section 4.3, points 4 to 12) and returns the thumbprint of its key."""
    header = json.loads(_decoded(case["proof"].split(".")[0]))
    expect(header["typ"] == "dpop+jwt", "typ")
    expect(header["alg"] in ALGORITHMS, "alg")
    expect(not PRIVATE & set(header["jwk"]), "private member of jwk")
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


def expect(condition, name):
    if not condition:
        sys.exit(f"invalid proof: {name}")


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


print(json.dumps(keys() if sys.argv[1] == "keys" else [check(case) for case in json.load(sys.stdin)]))
