#!/usr/bin/env bash
# express-rate-limit 8.7.5 (npm).
# Its option legacyHeaders decides about "X-RateLimit-*". Retry-After, which is neither legacy nor named so (RFC 9110, 10.2.3), goes
# with them: a server that switches the old headers off and no standard ones on answers 429 without a word on how long to wait.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" && npm init --yes >/dev/null
npm install --silent --no-fund --no-audit express@5.3.0 express-rate-limit@8.7.5
cat >retry.mjs <<'JS'
import assert from 'node:assert';
import express from 'express';
import { rateLimit } from 'express-rate-limit';

async function retryAfter(options) {
  const app = express();
  app.use(rateLimit({ windowMs: 60_000, limit: 1, ...options }));
  app.get('/', (request, response) => response.json({}));
  const server = await new Promise((resolve) => { const s = app.listen(0, '127.0.0.1', () => resolve(s)); });
  const url = `http://127.0.0.1:${server.address().port}/`;
  await fetch(url);
  const answer = await fetch(url);
  server.close();
  assert.equal(answer.status, 429);
  return answer.headers.get('retry-after');
}

const seen = {
  defaults: await retryAfter({}),
  'legacyHeaders: false': await retryAfter({ legacyHeaders: false }),
  'legacyHeaders: false, standardHeaders: draft-8': await retryAfter({ legacyHeaders: false, standardHeaders: 'draft-8' }),
};
console.log('Retry-After of the 429:', seen);
assert.deepEqual(Object.values(seen), ['60', null, '60']);
JS
node retry.mjs
