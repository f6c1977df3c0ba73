# SPDX-License-Identifier: LGPL-2.1-or-later
"""What clients authenticate with beyond a shared secret: key pairs, certificates, and what they sign
(RFC 7523, RFC 8705, RFC 9449). Made at run time by openssl; the providers register the public half."""

import base64
import hashlib
import hmac
import json
import os
import time

from host.authority import Authority, openssl, openssl_bytes
from host.providers import CLIENT_IDS

ASSERTION_SEC = 60
COORDINATE_BYTES = 32


class SigningKey:
    """kind: "rsa" signs RS256, "ec" signs ES256."""

    def __init__(self, path, kind="ec"):
        self.path = path
        self.kind = kind
        self.kid = f"{kind}-key"
        self.algorithm = {"rsa": "RS256", "ec": "ES256"}[kind]
        if not path.exists():
            options = (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if kind == "rsa" else
                       ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
            openssl("genpkey", *options, "-out", path)

    def jwk(self):
        """The public half."""
        if self.kind == "rsa":
            text = openssl("rsa", "-in", self.path, "-noout", "-modulus")
            return {"kty": "RSA", "n": encode(bytes.fromhex(text.split("=")[1].strip())), "e": "AQAB"}
        point = openssl_bytes("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        x, y = point[-2 * COORDINATE_BYTES:-COORDINATE_BYTES], point[-COORDINATE_BYTES:]
        return {"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)}

    def public_jwk(self):
        """For every algorithm that the key can sign with."""
        return {**self.jwk(), "kid": self.kid, "use": "sig"}

    def public_pem(self):
        return openssl("pkey", "-in", self.path, "-pubout")

    def sign(self, header, claims):
        text = f"{encode_json({'alg': self.algorithm, **header})}.{encode_json(claims)}"
        made = openssl_bytes("dgst", "-sha256", "-sign", self.path, stdin=text.encode())
        return f"{text}.{encode(made if self.kind == 'rsa' else joined(made))}"


class ClientKeys:
    """Key and certificate of each client that has one, in directory, with their authority."""

    def __init__(self, directory):
        self.authority = Authority(directory, name="badged test clients")
        self.ca_file = self.authority.ca_file
        self.key = SigningKey(self.authority.directory / "client-rsa.key", "rsa")
        self.ec_key = SigningKey(self.authority.directory / "client-ec.key")
        self.certificates = {
            "tls_client_auth": self.authority.issue_client(CLIENT_IDS["tls_client_auth"]),
            "self_signed_tls_client_auth": self.self_signed(),
        }

    def self_signed(self):
        key = self.authority.directory / "self-signed.key"
        certificate = self.authority.directory / "self-signed.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "30",
                "-subj", f"/CN={CLIENT_IDS['self_signed_tls_client_auth']}")
        return key, certificate

    def jwks(self):
        return [self.key.public_jwk(), self.ec_key.public_jwk()]

    def certificate_jwk(self):
        """The self-signed certificate with its key, as RFC 8705 section 2.2.2 has it."""
        key, certificate = self.certificates["self_signed_tls_client_auth"]
        der = openssl_bytes("x509", "-in", certificate, "-outform", "DER")
        return {**SigningKey(key).jwk(), "kid": "self-signed", "use": "sig",
                "x5c": [base64.b64encode(der).decode()]}

    def fingerprint(self, client_auth):
        """As openssl and node write it."""
        text = openssl("x509", "-in", self.certificates[client_auth][1], "-noout", "-fingerprint",
                       "-sha256")
        return text.split("=")[1].strip()


def assertion(client_id, audience, key, kid=None, **changes):
    """private_key_jwt with a SigningKey, client_secret_jwt with a text."""
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": encode(os.urandom(12)),
              "iat": now, "exp": now + ASSERTION_SEC, **changes}
    if isinstance(key, SigningKey):
        return key.sign({"kid": kid} if kid else {}, claims)
    return signed_by_secret(key, {"typ": "JWT"}, claims)


def signed_by_secret(secret, header, claims):
    text = f"{encode_json({'alg': 'HS256', **header})}.{encode_json(claims)}"
    return f"{text}.{encode(hmac.digest(secret.encode(), text.encode(), 'sha256'))}"


def proof(key, method, url, nonce=None, access_token=None, **changes):
    """A proof of possession (RFC 9449 section 4.2)."""
    claims = {"htm": method, "htu": url, "jti": encode(os.urandom(12)), "iat": int(time.time())}
    if nonce:
        claims["nonce"] = nonce
    if access_token:
        claims["ath"] = encode(hashlib.sha256(access_token.encode()).digest())
    return key.sign({"typ": "dpop+jwt", "jwk": key.jwk()}, {**claims, **changes})


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def encode_json(value):
    return encode(json.dumps(value).encode())


def joined(der):
    """r and s side by side (RFC 7518 section 3.4), from the DER that openssl writes."""
    at, numbers = 2, b""
    for _ in range(2):
        size = der[at + 1]
        number = der[at + 2:at + 2 + size].lstrip(b"\0")
        numbers += number.rjust(COORDINATE_BYTES, b"\0")
        at += 2 + size
    return numbers
