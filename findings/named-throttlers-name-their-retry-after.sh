#!/usr/bin/env bash
# @nestjs/throttler 6.7.1 with NestJS 12.5.1 (npm).
# With one limit the 429 has Retry-After. As soon as the limits have names, the documented way to have two of them, the header
# is called Retry-After-<name>, and Retry-After itself is not sent: a client that knows the standard header only does not wait.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" && npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @nestjs/common@12.5.1 @nestjs/core@12.5.1 @nestjs/platform-express@12.5.1 \
    @nestjs/throttler@6.7.1 reflect-metadata@0.2.2 rxjs@7.8.2
cat >throttle.mjs <<'JS'
import 'reflect-metadata';
import assert from 'node:assert';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';

class Root { get() { return {}; } }
Get()(Root.prototype, 'get', Object.getOwnPropertyDescriptor(Root.prototype, 'get'));
Controller()(Root);

async function headersOf429(limits) {
  class App {}
  Module({ imports: [ThrottlerModule.forRoot(limits)], controllers: [Root], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] })(App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}/`;
  await fetch(url);
  const answer = await fetch(url);
  assert.equal(answer.status, 429);
  await app.close();
  return [...answer.headers.keys()].filter((name) => name.startsWith('retry-after'));
}

const one = await headersOf429([{ ttl: 60_000, limit: 1 }]);
const named = await headersOf429([{ name: 'short', ttl: 60_000, limit: 1 }, { name: 'long', ttl: 600_000, limit: 100 }]);
console.log({ one, named });
assert.deepEqual(one, ['retry-after']);
assert.deepEqual(named, ['retry-after-short']);
JS
node throttle.mjs
