#!/usr/bin/env bash
# vcf 2.1.2 (npm, a reader and writer of vCards).
# RFC 6350 ends every line of a card, the last one too, with CRLF. toString() of this library leaves that last line end away,
# so writing several cards one behind the other, the plain way to make a file of them, gives "END:VCARDBEGIN:VCARD" on one
# line. The library reads its own output back as two cards; a reader that goes line by line sees one.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" && npm init --yes >/dev/null && npm install --silent --no-fund --no-audit vcf@2.1.2
cat >joined.js <<'JS'
const assert = require('node:assert');
const Card = require('vcf');
const cards = [['Ada Example', '+12025550101'], ['Bruno Sample', '+61491570156']].map(([name, phone]) => {
  const card = new Card();
  card.set('fn', name);
  card.set('tel', phone);
  return card;
});
const file = cards.map((card) => card.toString()).join('');
console.log(file);
const lines = file.split('\r\n');
assert.equal(lines.filter((line) => line === 'END:VCARDBEGIN:VCARD').length, 1);
assert.equal(lines.filter((line) => line === 'BEGIN:VCARD').length, 1);
assert.equal(Card.parse(file).length, 2);
JS
node joined.js
