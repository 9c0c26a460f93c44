// SPDX-License-Identifier: MIT OR Apache-2.0

// The page in headless Chromium. `cargo run --release` in the folder above makes the page; CHROMIUM names the browser
// where it is not /usr/bin/chromium; SCREENSHOT=1 writes the picture for the README.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const read = (name) => readFileSync(file(`../../../tests/data/tokens/${name}`), 'utf8').trim();
const url = pathToFileURL(file('../rs256-inspector.html')).href;

const ISSUER = 'https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0';
const AUDIENCE = 'b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31';
const NOW = '1760000000';
const GOOD = read('entra-accepted.jwt');
const KEYS = read('entra.jwks.json');

let browser;
let server;
let origin;
let hits = 0;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  server = createServer((request, response) => { hits += 1; response.end('here'); });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  origin = `127.0.0.1:${server.address().port}`;
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A new page, with every request that it makes and every error that it meets. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, timezoneId: 'Europe/Berlin', locale: 'en-GB', ...options });
  const page = await context.newPage();
  const requests = [];
  const errors = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('dialog', (dialog) => { errors.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(url);
  return { page, requests, errors, context };
}

async function paste(page, token, { keys = KEYS, issuer = ISSUER, audience = AUDIENCE, now = NOW } = {}) {
  await page.fill('#keys', keys);
  await page.fill('#issuers', issuer);
  await page.fill('#audiences', audience);
  await page.fill('#now', now);
  await page.fill('#token', token);
  await page.waitForTimeout(400);
}

const verdict = (page) => page.textContent('.banner strong');
const outcome = (page, name) => page.getAttribute(`[data-name="${name}"]`, 'class');

test('verdicts: good, expired, tampered, wrong audience, and none without keys', async () => {
  const { page, errors } = await open();
  await paste(page, `Authorization: Bearer ${GOOD}`);
  assert.equal(await verdict(page), 'ACCEPTED');
  assert.match(await outcome(page, 'signature'), /passed/);

  await paste(page, read('entra-expired.jwt'));
  assert.equal(await verdict(page), 'REFUSED');
  assert.match(await page.textContent('.banner'), /expired 4 min ago.*\[expired\]/);
  assert.match(await outcome(page, 'expiration'), /failed/);
  assert.match(await outcome(page, 'signature'), /passed/);
  assert.match(await page.textContent('#results'), /suspect the clocks/);

  const [header, payload, signature] = GOOD.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  claims.roles = ['Owner'];
  const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  await paste(page, forged);
  assert.equal(await verdict(page), 'REFUSED');
  assert.match(await page.textContent('.banner'), /\[invalid_signature\]/);
  assert.match(await page.textContent('#results'), /not verified: anybody may have written this/);

  await paste(page, read('entra-wrong-audience.jwt'));
  assert.match(await page.textContent('.banner'), /\[audience\]/);
  const compared = await page.textContent('[data-name="audience"] dl');
  assert.match(compared, new RegExp(`^expected${AUDIENCE}found`));

  await paste(page, GOOD, { keys: '' });
  assert.equal(await verdict(page), 'NOT VERIFIED');
  assert.match(await page.textContent('[data-name="signature"]'), /NOT CHECKED, no keys were given/);

  await paste(page, GOOD, { issuer: '' });
  assert.equal(await verdict(page), 'SIGNATURE GOOD');
  assert.deepEqual(errors, []);
});

test('several tokens, keys that are no keys, and a token that is none', async () => {
  const { page, errors } = await open();
  await paste(page, `${GOOD}\nBearer ${read('entra-expired.jwt')}\n${read('entra-app-only.jwt')}\n`);
  assert.deepEqual(await page.locator('.banner strong').allTextContents(), ['ACCEPTED', 'REFUSED', 'ACCEPTED']);
  await paste(page, GOOD, { keys: '{"keys":[]}' });
  assert.equal(await verdict(page), 'Cannot be used');
  await paste(page, GOOD, { now: 'tomorrow' });
  assert.equal(await verdict(page), 'Cannot be used');
  await paste(page, 'garbage');
  assert.match(await page.textContent('.banner'), /\[segment_count\]/);
  await paste(page, 'A'.repeat(200_000));
  assert.match(await page.textContent('.banner'), /\[token_too_long\]/);
  assert.deepEqual(errors, []);
});

test('what a token carries stays text', async () => {
  const { page, errors, requests } = await open();
  const evil = `<img src="http://${origin}/x" onerror="alert(1)"><script>alert(2)</script>`;
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: evil, aud: [evil], [evil]: evil, name: 'a\u202eb\u2066\u200f\u0000\u001b[31m', exp: 1, 'x\u202ey': { nested: evil } };
  const before = hits;
  await paste(page, `${part({ alg: evil, kid: evil })}.${part(claims)}.AAAA`);
  assert.equal(await verdict(page), 'REFUSED');
  const text = await page.textContent('#results');
  assert.ok(text.includes('<img src=') && text.includes('<script>alert(2)</script>'), text);
  assert.ok(text.includes('a\\u{202e}b\\u{2066}\\u{200f}'), text);
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  assert.equal(await page.locator('#results img, #results script').count(), 0);
  assert.equal(hits, before);
  assert.deepEqual(errors, []);
  assert.deepEqual(requests, [url]);
});

test('nothing leaves the page', async () => {
  const { page, requests } = await open();
  await paste(page, GOOD);
  await page.click('#theme');
  await page.check('#redact');
  await page.waitForTimeout(300);
  assert.deepEqual(requests, [url], 'the page itself is all that was loaded');

  // Even a script that ran in the page could not send anything: its policy stops each way.
  const before = hits;
  const outcome = await page.evaluate(async (origin) => {
    const violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
    const failed = [];
    const attempt = async (name, run) => { try { await run(); } catch { failed.push(name); } };
    await attempt('fetch', () => fetch(`http://${origin}/fetch`, { mode: 'no-cors' }));
    await attempt('xhr', () => new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.onload = done; request.onerror = fail;
      request.open('POST', `http://${origin}/xhr`); request.send('token');
    }));
    await attempt('socket', () => new Promise((done, fail) => {
      const socket = new WebSocket(`ws://${origin}/socket`);
      socket.onopen = done; socket.onerror = fail;
    }));
    navigator.sendBeacon(`http://${origin}/beacon`, 'token');
    const load = (element) => new Promise((done) => { element.onload = element.onerror = done; setTimeout(done, 500); document.body.append(element); });
    await load(Object.assign(new Image(), { src: `http://${origin}/image` }));
    await load(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `http://${origin}/style` }));
    await load(Object.assign(document.createElement('iframe'), { src: `http://${origin}/frame` }));
    await attempt('markup', () => { document.body.innerHTML = '<b>x</b>'; });
    await attempt('eval', () => new Function('return 1')());
    const form = Object.assign(document.createElement('form'), { action: `http://${origin}/form`, method: 'post' });
    document.body.append(form);
    form.submit();
    await new Promise((done) => setTimeout(done, 500));
    return { failed, violations: [...new Set(violations)].sort() };
  }, origin);
  assert.deepEqual(outcome.failed, ['fetch', 'xhr', 'socket', 'markup', 'eval']);
  for (const directive of ['connect-src', 'img-src', 'style-src-elem', 'frame-src', 'form-action', 'require-trusted-types-for']) {
    assert.ok(outcome.violations.includes(directive), `${directive} in ${outcome.violations}`);
  }
  assert.equal(hits, before, 'requests that reached a server');

  // The server would have been reached: a page without that policy does.
  const control = await (await browser.newContext()).newPage();
  await control.evaluate((origin) => fetch(`http://${origin}/control`, { mode: 'no-cors' }), origin);
  assert.equal(hits, before + 1);
});

test('nothing is stored, and leaving the page clears it', async () => {
  const { page, context } = await open();
  await paste(page, GOOD);
  assert.deepEqual(await context.cookies(), []);
  const stored = await page.evaluate(async () => {
    let databases = [];
    try { databases = await indexedDB.databases(); } catch { /* not on a file's page */ }
    return [localStorage.length, sessionStorage.length, databases.length];
  });
  assert.deepEqual(stored, [0, 0, 0]);
  await page.goto('about:blank');
  await page.goBack();
  assert.equal(await page.inputValue('#token'), '');
});

test('hidden personal data is not in the page', async () => {
  const { page } = await open();
  await paste(page, GOOD);
  assert.match(await page.textContent('#results'), /zoe@contoso\.example/);
  await page.check('#redact');
  await page.waitForTimeout(300);
  const text = await page.innerHTML('#results');
  assert.doesNotMatch(text, /zoe@|Zoë|192\.0\.2\.44|dd4972dd/);
  assert.match(text, /‹19 characters›/);
});

test('the keyboard is enough', async () => {
  const { page } = await open();
  const reached = [];
  for (let step = 0; step < 16; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.id));
  }
  for (const id of ['theme', 'example', 'clear', 'token', 'file', 'keys', 'issuers', 'audiences', 'now', 'leeway', 'redact', 'any-audience', 'no-exp']) {
    assert.ok(reached.includes(id), `${id} in ${reached}`);
  }
  await page.focus('#example');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.banner.good');
  // Every control has a name for those who do not see the page.
  const nameless = await page.evaluate(() => [...document.querySelectorAll('textarea, input')]
    .filter((control) => control.labels.length === 0).map((control) => control.id));
  assert.deepEqual(nameless, []);
});

test('files go where they belong', async () => {
  const { page } = await open();
  const folder = '../../../tests/data/tokens';
  await page.setInputFiles('#file', [file(`${folder}/entra.jwks.json`), file(`${folder}/entra-accepted.jwt`)]);
  await page.waitForSelector('.banner');
  assert.equal(await verdict(page), 'SIGNATURE GOOD');
});

test('it fits narrow and wide windows, light and dark, and a timeline is drawn', async () => {
  for (const [width, colorScheme] of [[1400, 'light'], [1400, 'dark'], [390, 'light']]) {
    const { page } = await open({ viewport: { width, height: 1000 }, colorScheme });
    await paste(page, read('entra-expired.jwt'));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${width} wide`);
    const labels = await page.locator('svg text').allTextContents();
    for (const label of ['issued, valid from', 'expires', 'leeway', 'now, 9 Oct 2025, 10:53:20 CEST']) {
      assert.ok(labels.includes(label), `${label} in ${labels}`);
    }
    if (process.env.SCREENSHOT && width > 1000 && colorScheme === 'light') {
      await page.setViewportSize({ width: 1240, height: 900 });
      await page.evaluate(() => document.activeElement.blur());
      await page.screenshot({ path: file('../inspector.png') });
    }
  }
});
