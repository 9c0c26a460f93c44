// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// What is shown comes from the WebAssembly as text that is safe to look at, and goes into the page as text: nothing here
// makes markup of it, and the page's policy forbids that as well.

const $ = (id) => document.getElementById(id);
const fields = ['token', 'keys', 'issuers', 'audiences', 'now', 'leeway'];
const boxes = ['redact', 'any-audience', 'no-exp'];

/** An element with properties and children; a string child is text. */
function el(name, properties, ...children) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function svg(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Text of a token's: a direction of its own cannot reorder what stands beside it. */
const bdi = (text) => el('bdi', { textContent: text });

const wasm = WebAssembly.compile(Uint8Array.from(atob($('wasm').textContent.trim()), (char) => char.charCodeAt(0)));

/** Asks about everything in the form. Each question has an instance of its own, whose memory goes with it. */
async function ask() {
  const options = boxes.filter((box) => $(box).checked).map((box) => `${box}=`);
  options.push(`now=${$('now').value.trim() || Math.floor(Date.now() / 1000)}`);
  if ($('leeway').value.trim()) options.push(`leeway=${$('leeway').value.trim()}`);
  const texts = [$('token').value, $('keys').value, $('issuers').value, $('audiences').value, options.join('\n')];
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const request = new Uint8Array(encoded.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of encoded) {
    new DataView(request.buffer).setUint32(at, text.length, true);
    request.set(text, at + 4);
    at += 4 + text.length;
  }
  const { exports } = await WebAssembly.instantiate(await wasm, {});
  const place = exports.request(request.length);
  new Uint8Array(exports.memory.buffer, place, request.length).set(request);
  const length = exports.inspect();
  return JSON.parse(new TextDecoder().decode(new Uint8Array(exports.memory.buffer, exports.answer_at(), length)));
}

const VERDICTS = {
  accepted: ['good', 'ACCEPTED', 'Signature, issuer, audience and times are as asked for.'],
  signature_good: ['warn', 'SIGNATURE GOOD', 'No claim was checked: give an issuer and an audience.'],
  not_verified: ['warn', 'NOT VERIFIED', 'No key was given: anybody may have written this token.'],
};

function banner(inspection) {
  const [style, title, text] = VERDICTS[inspection.verdict] ?? ['bad', 'REFUSED', inspection.error];
  const code = inspection.code ? el('code', { textContent: ` [${inspection.code}]` }) : null;
  return el('div', { className: `banner ${style}`, role: 'status' }, el('strong', { textContent: title }), text, code);
}

function card(title, ...children) {
  return el('section', { className: 'card' }, el('h2', { textContent: title }), ...children);
}

function list(title, items) {
  if (items.length === 0) return null;
  return card(title, el('ul', { className: 'plain text' }, ...items.map((item) => el('li', {}, bdi(item)))));
}

const MARKS = { passed: ['✓', 'passed'], failed: ['✗', 'failed'], not_checked: ['–', 'not checked'] };

function check(line) {
  const [mark, words] = MARKS[line.outcome];
  const text = el('div', {}, el('span', { className: 'what', textContent: line.what }));
  if (line.detail) text.append(el('span', { className: 'detail' }, ': ', bdi(line.detail)));
  if (line.outcome === 'failed' && (line.expected || line.found)) {
    const compared = el('dl', { className: 'compared' });
    for (const name of ['expected', 'found']) {
      if (line[name]) compared.append(el('dt', { textContent: name }), el('dd', {}, bdi(line[name])));
    }
    text.append(compared);
  }
  const loud = line.detail?.startsWith('NOT CHECKED') ? ' loud' : '';
  const sign = el('span', { className: 'mark', textContent: mark, title: words });
  sign.setAttribute('aria-label', words);
  const item = el('li', { className: `check ${line.outcome}${loud}` }, sign, text);
  item.dataset.name = line.name;
  return item;
}

function local(secs) {
  const date = new Date(secs * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}

function members(title, all, unreadable, verified) {
  const section = card(title);
  if (!verified) {
    section.classList.add('unverified');
    section.firstChild.append(el('span', { className: 'tag warn', textContent: 'not verified: anybody may have written this' }));
  }
  if (unreadable !== null) {
    section.append(el('p', { className: 'note', textContent: 'No JSON object that is accepted:' }), el('pre', {}, bdi(unreadable)));
    return section;
  }
  const table = el('table', {});
  for (const member of all) {
    const value = el('td', { className: 'value' }, el('span', { className: member.masked ? 'masked' : '' }, bdi(member.value)));
    if (member.date) {
      value.append(el('span', { className: 'age', textContent: `${member.date.age} · ${member.date.utc} · here ${local(member.date.secs)}` }));
    }
    table.append(el('tr', {}, el('td', { className: 'name' }, bdi(member.name)), value,
      el('td', { className: 'meaning', textContent: member.meaning ?? '' })));
  }
  section.append(all.length ? table : el('p', { className: 'note', textContent: 'none' }));
  return section;
}

/** The life of the token, drawn to scale. */
function timeline({ iat, nbf, exp, now, leeway }) {
  const start = nbf ?? iat;
  const points = [['issued', iat], ['valid from', nbf], ['now', now], ['expires', exp]].filter(([, at]) => at !== null);
  if (points.length < 2) return null;
  const all = points.map(([, at]) => at).concat(exp === null ? [] : [exp + leeway]);
  const low = Math.min(...all);
  const span = Math.max(Math.max(...all) - low, 1);
  const [left, width, axis] = [60, 880, 46];
  const x = (at) => left + ((at - low) / span) * width;
  const picture = svg('svg', { viewBox: '0 0 1000 128', role: 'img' });
  picture.append(svg('title', {}, points.map(([name, at]) => `${name} ${local(at)}`).join(', ')));
  picture.append(svg('line', { class: 'axis', x1: left - 30, x2: left + width + 30, y1: axis, y2: axis }));
  const bar = (from, to, name) => picture.append(svg('rect', {
    class: name, x: x(from), y: axis - 9, width: Math.max(x(to) - x(from), 2), height: 18, rx: 4 }));
  if (exp !== null && start !== null && exp > start) bar(start, exp, now >= exp + leeway ? 'life over' : 'life');
  if (exp !== null && leeway > 0) bar(exp, exp + leeway, 'slack');
  // Labels that would touch go one row further from the axis.
  const rows = [-Infinity, -Infinity, -Infinity];
  const below = points.filter(([name]) => name !== 'now').sort((one, other) => one[1] - other[1]);
  // Issued and valid from are nearly always one moment.
  const merged = [];
  for (const [name, at] of below) {
    const last = merged.at(-1);
    if (last && last[1] === at) last[0] += `, ${name}`; else merged.push([name, at]);
  }
  for (const [name, at] of merged) {
    const place = Math.min(Math.max(x(at), 90), 910);
    const found = rows.findIndex((end) => place - 95 > end);
    const row = found < 0 ? 2 : found;
    rows[row] = place + 95;
    picture.append(svg('line', { class: 'tick', x1: x(at), x2: x(at), y1: axis - 12, y2: axis + 20 + row * 32 }));
    picture.append(svg('text', { x: place, y: axis + 32 + row * 32, 'text-anchor': 'middle' }, name));
    picture.append(svg('text', { class: 'small', x: place, y: axis + 45 + row * 32, 'text-anchor': 'middle' }, local(at)));
  }
  picture.append(svg('line', { class: 'now', x1: x(now), x2: x(now), y1: axis - 22, y2: axis + 14 }));
  const middle = Math.min(Math.max(x(now), 110), 890);
  picture.append(svg('text', { class: 'now-text', x: middle, y: axis - 27, 'text-anchor': 'middle' }, `now, ${local(now)}`));
  if (exp !== null && x(exp + leeway) - x(exp) > 60) {
    picture.append(svg('text', { class: 'small', x: (x(exp) + x(exp + leeway)) / 2, y: axis + 4, 'text-anchor': 'middle' }, 'leeway'));
  }
  const height = axis + 52 + Math.max(0, rows.findLastIndex((end) => end !== -Infinity)) * 32;
  picture.setAttribute('viewBox', `0 0 1000 ${height}`);
  return card('Timeline', el('div', { className: 'drawing' }, picture));
}

function report(inspection, number, count) {
  const key = inspection.key;
  const about = key
    ? el('p', { className: 'note' }, 'Key: RSA ', String(key.modulus_bits), ' bits', key.kid ? ', kid ' : '', bdi(key.kid ?? ''))
    : null;
  return el('article', { className: 'report' },
    count > 1 ? el('h2', { textContent: `Token ${number} of ${count}` }) : null,
    banner(inspection),
    list('What to do next', inspection.hints),
    timeline(inspection.timeline),
    el('div', { className: 'split' },
      card('Checks', el('ul', { className: 'plain' }, ...inspection.checks.map(check)), about),
      el('div', { className: 'report' },
        members('Header', inspection.header, inspection.unreadable_header, inspection.signature_verified),
        list('Notes', inspection.notes.map((note) => note.replace('--redact makes', '“Hide personal data” makes'))))),
    members('Claims', inspection.claims, inspection.unreadable_payload, inspection.signature_verified));
}

let latest = 0;

async function show() {
  const mine = ++latest;
  const results = $('results');
  if (!$('token').value.trim()) {
    results.replaceChildren(el('p', { className: 'card empty', textContent: 'Paste a token, or look at the example.' }));
    return;
  }
  let shown;
  try {
    const answer = await ask();
    $('keys-note').textContent = answer.keys.length
      ? `Keys: ${answer.keys.join('; ')}.`
      : 'Without keys the signature is not checked. Files may be dropped anywhere.';
    shown = answer.problem !== null
      ? [el('div', { className: 'banner bad' }, el('strong', { textContent: 'Cannot be used' }), bdi(answer.problem))]
      : answer.tokens.map((inspection, index) => report(inspection, index + 1, answer.tokens.length));
  } catch (error) {
    shown = [el('div', { className: 'banner bad' }, el('strong', { textContent: 'The inspector failed' }), String(error))];
  }
  // An answer that was overtaken is not shown.
  if (mine === latest) results.replaceChildren(...shown);
}

let timer;
const soon = () => { clearTimeout(timer); timer = setTimeout(show, 120); };

/** A file goes where its content belongs. */
async function take(files) {
  for (const file of files) {
    if (file.size > 1 << 21) continue;
    const text = (await file.text()).trim();
    $(text.startsWith('{') || text.startsWith('-----BEGIN') ? 'keys' : 'token').value = text;
  }
  show();
}

function clear() {
  for (const field of fields) $(field).value = '';
  for (const box of boxes) $(box).checked = false;
  $('file').value = '';
  show();
}

$('form').addEventListener('input', soon);
$('form').addEventListener('submit', (event) => event.preventDefault());
$('file').addEventListener('change', () => take($('file').files));
$('clear').addEventListener('click', () => { clear(); $('token').focus(); });
$('example').addEventListener('click', () => {
  clear();
  $('token').value = $('example-token').textContent;
  $('keys').value = $('example-keys').textContent;
  $('issuers').value = 'https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0';
  $('audiences').value = 'b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31';
  show();
});
$('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  $('theme').setAttribute('aria-pressed', String(!dark));
});
addEventListener('dragover', (event) => { event.preventDefault(); document.body.classList.add('dropping'); });
addEventListener('dragleave', (event) => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  const text = event.dataTransfer.getData('text');
  if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  else if (text) { $('token').value = text; show(); }
});
// A page that a browser keeps for its back button keeps nothing of this.
addEventListener('pagehide', clear);
show();
