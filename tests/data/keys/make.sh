#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes every key file of this folder anew. Needs OpenSSL 3.
set -eu
cd "$(dirname "$0")"
subject="/O=Contoso (synthetic)/CN=token signing"
pub() { openssl rsa -in "$1" "$2" -outform "$3" -out "$4"; }

openssl genrsa -traditional -out private-pkcs1.pem 2048
openssl pkcs8 -topk8 -nocrypt -in private-pkcs1.pem -out private-pkcs8.pem
openssl pkcs8 -topk8 -in private-pkcs1.pem -passout pass:synthetic -out private-encrypted.pem
pub private-pkcs1.pem -pubout PEM spki.pem
pub private-pkcs1.pem -pubout DER spki.der
pub private-pkcs1.pem -RSAPublicKey_out PEM pkcs1.pem
pub private-pkcs1.pem -RSAPublicKey_out DER pkcs1.der
openssl rsa -in private-pkcs1.pem -noout -modulus | cut -d= -f2 > modulus.hex

openssl req -new -key private-pkcs1.pem -subj "$subject" -out request.pem
openssl x509 -req -in request.pem -key private-pkcs1.pem -days 1 -outform DER -out certificate-v1.der
openssl req -x509 -key private-pkcs1.pem -subj "$subject" -days 1 -addext keyUsage=digitalSignature -out certificate.pem
openssl x509 -in certificate.pem -outform DER -out certificate.der
openssl x509 -in certificate.pem -text -out certificate-text.pem
cat certificate.pem certificate.pem > chain.pem

openssl genrsa -out big.tmp 4096
pub big.tmp -pubout PEM spki-4096.pem
openssl rsa -in big.tmp -noout -modulus | cut -d= -f2 > modulus-4096.hex
openssl genrsa -3 -out e3.tmp 2048
pub e3.tmp -pubout DER spki-e3.der
openssl rsa -in e3.tmp -noout -modulus | cut -d= -f2 > modulus-e3.hex

openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.tmp
openssl pkey -in pss.tmp -pubout -out pss-spki.pem
openssl pkey -in pss.tmp -pubout -outform DER -out pss-spki.der
openssl ecparam -name prime256v1 -genkey -noout -out private-ec.pem
openssl pkey -in private-ec.pem -pubout -out ec-spki.pem
openssl pkey -in private-ec.pem -pubout -outform DER -out ec-spki.der
openssl req -x509 -key private-ec.pem -subj "$subject" -days 1 -out ec-certificate.pem
rm -f ./*.tmp
