#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the key sets and tokens of this folder, tests/data/tokens and tests/data/doc from the committed private keys.

  python3 make.py             write the files; the same keys give the same octets
  python3 make.py --check     write nothing, fail when a committed file differs
  python3 make.py --new-keys  make new private keys first

Needs the PyPI package `cryptography`. PKCS #1 v1.5 signatures, serial numbers and dates are fixed, so nothing here is
random except the keys.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

HERE = pathlib.Path(__file__).resolve().parent
TOKENS = HERE.parent.parent / "tests" / "data" / "tokens"
DOC = HERE.parent.parent / "tests" / "data" / "doc"
PRIVATE = HERE / "private-keys-that-guard-nothing"
SIZES = (2048, 3072, 4096)
ENTRA_KEYS, ADFS_KEYS = 4, 2  # in this order in each private-key file
ENTRA_SIGNER, ADFS_SIGNER = 2, 1  # not the first, so that a lookup is needed

CLOCK = 1_760_000_000  # 2025-10-09T08:53:20Z
ISSUED, FAR = CLOCK - 300, 4_102_444_800  # five minutes ago; 2100-01-01T00:00:00Z
TENANT = "7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14"
API, CLIENT = "b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31", "e84f6b12-9d07-4c3a-b5e8-0f2a7c6d1b95"
ENTRA_ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
DOC_ISSUER = "https://login.example.com/contoso/v2.0"  # of the examples in the documentation
ADFS_ISSUER = "http://fs.contoso.example/adfs/services/trust"
ADFS_AUDIENCE = "microsoft:identityserver:https://orders.contoso.example/api"


def b64u(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def opaque(label, octets):
    """Looks like the opaque identifiers of a real token and says nothing."""
    return b64u(hashlib.shake_256(label.encode()).digest(octets))


def guid(label):
    h = hashlib.shake_256(label.encode()).hexdigest(16)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


class Key:
    def __init__(self, private, name, serial):
        self.private = private
        numbers = private.public_key().public_numbers()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        start = datetime.datetime(2025, 1, 1)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(private.public_key())
            .serial_number(serial)
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=5 * 365))
            .sign(private, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )
        # 20 octets, 27 characters: the certificate's SHA-1 thumbprint is both `x5t` and `kid`.
        self.kid = b64u(hashlib.sha1(self.certificate).digest())
        self.n, self.e = b64u(octets_of(numbers.n)), b64u(octets_of(numbers.e))
        self.x5c = [base64.b64encode(self.certificate).decode()]

    def sign(self, header, payload):
        signing_input = f"{b64u(compact(header))}.{b64u(payload)}"
        signature = self.private.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signing_input}.{b64u(signature)}"

    def entra_jwk(self):
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": self.n,
            "e": self.e,
            "x5c": self.x5c,
            "cloud_instance_name": "microsoftonline.com",
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        }

    def adfs_jwk(self):
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "x5t": self.kid,
            "n": self.n,
            "e": self.e,
            "x5c": self.x5c,
        }


def entra_claims(**changes):
    claims = {
        "aud": API,
        "iss": ENTRA_ISSUER,
        "iat": ISSUED,
        "nbf": ISSUED,
        "exp": FAR,
        "acct": 0,
        "acr": "1",
        "aio": opaque("aio", 60),
        "azp": CLIENT,
        "azpacr": "1",
        "groups": [guid("group 1"), guid("group 2")],
        "idtyp": "user",
        "ipaddr": "192.0.2.44",
        "name": "Zoë Example (synthetic)",
        "oid": guid("oid"),
        "preferred_username": "zoe@contoso.example",
        "rh": opaque("rh", 33),
        "roles": ["Orders.Read", "Orders.Approve"],
        "scp": "orders.read orders.write",
        "sid": guid("sid"),
        "sub": opaque("sub", 32),
        "tid": TENANT,
        "uti": opaque("uti", 16),
        "ver": "2.0",
        "wids": [guid("wid")],
    }
    return claims | changes


def entra_payload(size=None, **changes):
    claims = entra_claims(**changes)
    if size is not None:
        # One opaque member more, as long as needed.
        claims["xms_ftd"] = ""
        missing = size - len(compact(claims))
        assert missing > 0, missing
        claims["xms_ftd"] = opaque("ftd", missing)[:missing]
        assert len(compact(claims)) == size
    return compact(claims)


def full_payload():
    """An Entra token with nearly every optional claim: 40 claims, 5 roles, 50 groups."""
    claims = entra_claims(
        groups=[guid(f"group {n}") for n in range(50)],
        roles=["Orders.Read", "Orders.Approve", "Stock.Read", "Reports.Read", "Audit.Read"],
        acrs=["c1", "c2"],
        auth_time=ISSUED,
        ctry="CH",
        email="zoe@contoso.example",
        family_name="Example",
        given_name="Zo\u00eb",
        idp="https://sts.windows.net/%s/" % guid("home tenant"),
        in_corp="true",
        login_hint=opaque("login hint", 48),
        onprem_sid="S-1-5-21-1111111111-2222222222-3333333333-1234",
        tenant_ctry="CH",
        upn="zoe@contoso.example",
        xms_cc=["cp1"],
        xms_ftd=opaque("ftd", 40),
        xms_tcdt=1500000000,
    )
    assert len(claims) == 40, len(claims)
    return compact(claims)


def small_payload(issuer="https://issuer.example"):
    claims = {
        "iss": issuer,
        "sub": "device-0017",
        "aud": "api://orders",
        "iat": ISSUED,
        "nbf": ISSUED,
        "exp": FAR,
        "jti": opaque("jti", 16),
        "roles": ["reader", "writer"],
        "site": "plant 7, line 3",
    }
    return compact(claims)


def adfs_payload():
    claims = {
        "aud": ADFS_AUDIENCE,
        "iss": ADFS_ISSUER,
        "iat": ISSUED,
        "exp": FAR,
        "apptype": "Confidential",
        "appid": guid("adfs client"),
        "authmethod": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "auth_time": "2025-10-09T08:48:20.000Z",
        "ver": "1.0",
        "scp": "openid orders",
        "upn": "zoe@contoso.example",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "Approvers",
        "group": ["CONTOSO\\Orders", "CONTOSO\\Staff"],
    }
    return compact(claims)


def new_keys():
    PRIVATE.mkdir(exist_ok=True)
    for bits in SIZES:
        keys = (rsa.generate_private_key(65537, bits) for _ in range(ENTRA_KEYS + ADFS_KEYS))
        form = (
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (PRIVATE / f"{bits}.pem").write_bytes(b"".join(key.private_bytes(*form) for key in keys))


def read_keys(bits):
    end = b"-----END PRIVATE KEY-----\n"
    blocks = (PRIVATE / f"{bits}.pem").read_bytes().split(end)
    assert blocks.pop() == b"" and len(blocks) == ENTRA_KEYS + ADFS_KEYS
    for index, block in enumerate(blocks):
        private = serialization.load_pem_private_key(block + end, None)
        assert private.key_size == bits
        yield Key(private, f"synthetic {bits} {index}", bits * 10 + index + 1)


def files():
    for bits in SIZES:
        keys = list(read_keys(bits))
        entra, adfs = keys[:ENTRA_KEYS], keys[ENTRA_KEYS:]
        signer, adfs_signer = entra[ENTRA_SIGNER], adfs[ADFS_SIGNER]
        entra_set = compact({"keys": [key.entra_jwk() for key in entra]})
        yield HERE / f"entra-{bits}.jwks.json", entra_set
        yield HERE / f"adfs-{bits}.jwks.json", compact({"keys": [key.adfs_jwk() for key in adfs]})
        one = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": signer.kid, "n": signer.n, "e": signer.e}
        yield HERE / f"one-{bits}.jwks.json", compact({"keys": [one]})

        entra_header = {"typ": "JWT", "alg": "RS256", "x5t": signer.kid, "kid": signer.kid}
        payload = entra_payload(1187)
        token = signer.sign(entra_header, payload)
        assert len(token) == {2048: 2059, 3072: 2229, 4096: 2400}[bits], len(token)
        yield HERE / f"entra-{bits}.jwt", token.encode()

        small_header = {"alg": "RS256", "kid": signer.kid}
        yield HERE / f"small-{bits}.jwt", signer.sign(small_header, small_payload()).encode()

        adfs_header = {"typ": "JWT", "alg": "RS256", "x5t": adfs_signer.kid}
        yield HERE / f"adfs-{bits}.jwt", adfs_signer.sign(adfs_header, adfs_payload()).encode()

        if bits == 2048:
            yield DOC / "jwks.json", compact({"keys": [one]})
            yield DOC / "token.jwt", signer.sign(small_header, small_payload(DOC_ISSUER)).encode()
            yield HERE / "full-2048.jwt", signer.sign(entra_header, full_payload()).encode()
            yield TOKENS / "entra.jwks.json", entra_set
            header = {"typ": "JWT", "alg": "RS256", "kid": signer.kid}
            for name, changes in (
                ("entra-accepted", {}),
                ("entra-expired", {"exp": ISSUED + 60}),
                ("entra-wrong-audience", {"aud": guid("another api")}),
                ("entra-app-only", {"idtyp": "app", "scp": None, "name": None, "preferred_username": None}),
            ):
                claims = {k: v for k, v in entra_claims(**changes).items() if v is not None}
                yield TOKENS / f"{name}.jwt", signer.sign(header, compact(claims)).encode()


def main():
    if "--new-keys" in sys.argv:
        new_keys()
    differ = []
    for path, octets in files():
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
        elif not path.exists() or path.read_bytes() != octets:
            differ.append(path.name)
    if differ:
        sys.exit(f"these files are not what this script makes: {', '.join(differ)}")


main()
