#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Writes not-claims-2048.jwt: a good signature over a payload that is no JSON object. Same key, same octets.
set -euo pipefail
cd "$(dirname "$0")"
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
kid=$(grep -o '"kid":"[^"]*"' ../../../../benches/data/one-2048.jwks.json)
input=$(printf '{"alg":"RS256",%s}' "$kid" | base64url).$(printf '["not","claims"]' | base64url)
third_key=$(awk '/BEGIN/ { n++ } n == 3' ../../../../benches/data/private-keys-that-guard-nothing/2048.pem)
signature=$(printf %s "$input" | openssl dgst -sha256 -sign <(printf '%s\n' "$third_key") -binary | base64url)
printf '%s.%s\n' "$input" "$signature" >not-claims-2048.jwt
