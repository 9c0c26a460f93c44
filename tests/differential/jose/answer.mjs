// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What jose answers to every case: `node answer.mjs OUT`. The key is chosen by the library's own createLocalJWKSet; where
// several keys match it says so, and its user would have to try them one after the other: that is a refusal here.

import { readFileSync, writeFileSync } from 'node:fs'
import { compactVerify, createLocalJWKSet, jwtVerify } from 'jose'

const root = new URL('../../../', import.meta.url)
const read = (name) => readFileSync(new URL(name, root), 'utf8')
const lines = (name) => read(name).trimEnd().split('\n').map((line) => JSON.parse(line))

function cases() {
  const all = []
  for (const file of ['tokens', 'tokens-json']) {
    for (const line of lines(`tests/vectors/${file}.jsonl`)) all.push([file, line])
  }
  const [setting, ...odd] = lines('tests/differential/tokens.jsonl')
  for (const line of odd) all.push(['odd', { ...setting, ...line }])
  return all
}

function keySet(one) {
  if (one.jwks) return one.jwks
  return JSON.parse(one.jwks_file ? read(`tests/vectors/${one.jwks_file}`) : one.jwks_text)
}

async function verify(one) {
  const keys = createLocalJWKSet(keySet(one))
  const algorithms = ['RS256']
  if (one.level === 'jws') return compactVerify(one.token, keys, { algorithms })
  const { iss, aud, leeway, require } = one.policy
  return jwtVerify(one.token, keys, {
    algorithms,
    issuer: iss,
    audience: aud ?? undefined,
    clockTolerance: leeway,
    requiredClaims: require,
    currentDate: new Date(one.now * 1000),
  })
}

const out = []
for (const [file, one] of cases()) {
  const answer = await verify(one).then(
    () => 'accept',
    // Web Crypto's errors have numbers for codes.
    (error) => (typeof error.code === 'string' ? error.code : error.name),
  )
  out.push(`${file}\t${one.id}\t${answer}\n`)
}
writeFileSync(process.argv[2], out.join(''))
