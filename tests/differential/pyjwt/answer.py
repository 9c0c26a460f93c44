# SPDX-License-Identifier: MIT OR Apache-2.0
"""What PyJWT answers to every case: `answer.py OUT`.

The key is chosen by the library's own PyJWKClient, which is given the set instead of fetching it. PyJWT reads the clock by
`datetime.now`, and takes no other: the name `datetime` in its module stands for a class here whose `now` is the case's.
"""

import json
import sys
from pathlib import Path

import jwt
import jwt.api_jwt

ROOT = Path(__file__).resolve().parents[3]


class Clock:
    """The case's clock, which may lie beyond the years that a `datetime` has."""

    seconds = 0

    @classmethod
    def now(cls, tz):
        return cls

    @classmethod
    def timestamp(cls):
        return float(cls.seconds)


jwt.api_jwt.datetime = Clock


class Client(jwt.PyJWKClient):
    """Chooses keys as PyJWKClient does, from a set that is already here."""

    def __init__(self, text):
        super().__init__("https://issuer.example/keys", cache_jwk_set=False)
        self.text = text

    def fetch_data(self):
        return json.loads(self.text)


def cases():
    vectors = ROOT / "tests" / "vectors"
    for file in ("tokens", "tokens-json"):
        with open(vectors / f"{file}.jsonl", encoding="utf-8") as lines:
            for line in lines:
                yield file, json.loads(line)
    with open(ROOT / "tests" / "differential" / "tokens.jsonl", encoding="utf-8") as lines:
        setting = json.loads(next(lines))
        for line in lines:
            yield "odd", setting | json.loads(line)


def key_set(case):
    if "jwks" in case:
        return json.dumps(case["jwks"])
    if "jwks_file" in case:
        return (ROOT / "tests" / "vectors" / case["jwks_file"]).read_text(encoding="utf-8")
    return case["jwks_text"]


def verify(case):
    token, client = case["token"], Client(key_set(case))
    if case["level"] == "jws":
        key = client.get_signing_key(jwt.get_unverified_header(token).get("kid"))
        jwt.PyJWS().decode(token, key, algorithms=["RS256"])
        return
    policy = case["policy"]
    Clock.seconds = case["now"]
    key = client.get_signing_key_from_jwt(token)
    options = {"require": policy["require"] + ["iss"]}
    if policy["aud"] is None:
        options["verify_aud"] = False
    else:
        options["require"].append("aud")
    jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        issuer=policy["iss"],
        audience=policy["aud"],
        leeway=policy["leeway"],
        options=options,
    )


def answer(case):
    try:
        verify(case)
    except Exception as error:  # whatever it raises is its answer
        return type(error).__name__
    return "accept"


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        for file, case in cases():
            out.write(f"{file}\t{case['id']}\t{answer(case)}\n")
