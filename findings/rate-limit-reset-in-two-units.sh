#!/usr/bin/env bash
# express-rate-limit 8.7.5 and @fastify/rate-limit 11.2.0 (npm).
# Both answer a client over the limit with 429 and the header X-RateLimit-Reset. The name is the same and the unit is not: the
# one sends a Unix time in seconds, the other the seconds that are left. A client has to tell them apart by their size.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" && npm init --yes >/dev/null
npm install --silent --no-fund --no-audit express@5.3.0 express-rate-limit@8.7.5 fastify@5.12.8 @fastify/rate-limit@11.2.0
cat >reset.mjs <<'JS'
import assert from 'node:assert';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import Fastify from 'fastify';
import limit from '@fastify/rate-limit';

async function resetOfSecondAnswer(url) {
  await fetch(url);
  const answer = await fetch(url);
  assert.equal(answer.status, 429);
  return Number(answer.headers.get('x-ratelimit-reset'));
}

const app = express();
app.use(rateLimit({ windowMs: 60_000, limit: 1 }));
app.get('/', (request, response) => response.json({}));
const server = await new Promise((resolve) => { const s = app.listen(0, '127.0.0.1', () => resolve(s)); });
const byExpress = await resetOfSecondAnswer(`http://127.0.0.1:${server.address().port}/`);
server.close();

const fastify = Fastify();
await fastify.register(limit, { max: 1, timeWindow: 60_000 });
fastify.get('/', async () => ({}));
const byFastify = await resetOfSecondAnswer(await fastify.listen({ port: 0, host: '127.0.0.1' }));
await fastify.close();

console.log(`X-RateLimit-Reset: express-rate-limit ${byExpress}, @fastify/rate-limit ${byFastify}`);
assert.ok(Math.abs(byExpress - Date.now() / 1000 - 60) < 5);
assert.ok(byFastify > 0 && byFastify <= 60);
JS
node reset.mjs
