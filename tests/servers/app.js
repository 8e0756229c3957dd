// An import service on one of the usual frameworks: node app.js CASE PORT
// It takes contacts, counts them by phone, and tells them at GET /held. A number that ends in 777 is bad.
'use strict';
const [, , name, port] = process.argv;
const held = new Map();
const phone = (contact) => {
  const { prefix, number } = contact.profile.userDetails.contact.phone;
  return prefix + number;
};
const isBad = (contact) => phone(contact).endsWith('777');
const take = (contacts) => {
  for (const contact of contacts) held.set(phone(contact), (held.get(phone(contact)) ?? 0) + 1);
  return { status: 'success', message: 'User profiles imported successfully.' };
};
const counts = () => ({ contacts: held.size, sent: [...held.values()].reduce((sum, times) => sum + times, 0) });
const PATH = '/inbox/users/import';
const BAD = 'profile.userDetails.contact.phone.number';

function express(version, ...handlers) {
  const make = require(version);
  const app = make();
  app.get('/held', (_, answer) => answer.json(counts()));
  app.use(make.json());
  app.post(PATH, ...handlers, (request, answer) => answer.status(201).json(take(request.body)));
  return app;
}

const fails = (request, _, next) => next(request.body.some(isBad) ? new Error('cannot read number') : undefined);

const cases = {
  express4: () => express('express4').listen(port, '127.0.0.1'),
  express: () => express('express').listen(port, '127.0.0.1'),
  'express-two': () => {
    const server = express('express').listen(port, '127.0.0.1');
    server.maxConnections = 2;
  },
  'express4-500': () => express('express4', fails).listen(port, '127.0.0.1'),
  'express-500': () => express('express', fails).listen(port, '127.0.0.1'),
  'express-gzip': () => express('express', require('compression')({ threshold: 0, enforceEncoding: 'gzip' })).listen(port, '127.0.0.1'),
  'express-validator': () => {
    const { body, validationResult } = require('express-validator');
    const check = body(`*.${BAD}`).not().matches(/777$/).withMessage('is not a number');
    const judge = (request, answer, next) => {
      const result = validationResult(request);
      return result.isEmpty() ? next() : answer.status(400).json({ errors: result.array() });
    };
    return express('express', check, judge).listen(port, '127.0.0.1');
  },
  zod: () => {
    const { z } = require('zod');
    const number = z.string().refine((text) => !text.endsWith('777'), 'is not a number');
    const within = (keys) => keys.reduceRight((inner, key) => z.looseObject({ [key]: inner }), number);
    const schema = z.array(within(BAD.split('.')));
    const judge = (request, answer, next) => {
      const result = schema.safeParse(request.body);
      return result.success ? next() : answer.status(422).json({ success: false, error: result.error });
    };
    return express('express', judge).listen(port, '127.0.0.1');
  },
  'zod-treeify': () => {
    const { z } = require('zod');
    const number = z.string().refine((text) => !text.endsWith('777'), 'is not a number');
    const within = (keys) => keys.reduceRight((inner, key) => z.looseObject({ [key]: inner }), number);
    const schema = z.array(within(BAD.split('.')));
    const judge = (request, answer, next) => {
      const result = schema.safeParse(request.body);
      return result.success ? next() : answer.status(400).json(z.treeifyError(result.error));
    };
    return express('express', judge).listen(port, '127.0.0.1');
  },
  celebrate: () => {
    const { celebrate, Joi, errors } = require('celebrate');
    const number = Joi.string().pattern(/777$/, { invert: true }).message('{{#label}} is not a number');
    const within = (keys) => keys.reduceRight((inner, key) => Joi.object({ [key]: inner }).unknown(), number);
    const app = express('express', celebrate({ body: Joi.array().items(within(BAD.split('.'))) }));
    app.use(errors());
    return app.listen(port, '127.0.0.1');
  },
  'express-rate-limit': () => {
    const { rateLimit } = require('express-rate-limit');
    return express('express', rateLimit({ windowMs: 2000, limit: 8, standardHeaders: 'draft-8' })).listen(port, '127.0.0.1');
  },
  'express-rate-limit-silent': () => {
    const { rateLimit } = require('express-rate-limit');
    const silent = { windowMs: 2000, limit: 8, standardHeaders: false, legacyHeaders: false };
    return express('express', rateLimit(silent)).listen(port, '127.0.0.1');
  },
  'express-rate-limit-403': () => {
    const { rateLimit } = require('express-rate-limit');
    return express('express', rateLimit({ windowMs: 2000, limit: 8, statusCode: 403 })).listen(port, '127.0.0.1');
  },
  fastify: async () => {
    const app = require('fastify')();
    app.get('/held', async () => counts());
    app.post(PATH, async (request) => take(request.body));
    await app.listen({ port: Number(port), host: '127.0.0.1' });
  },
  'fastify-schema': async () => {
    const app = require('fastify')();
    const number = { type: 'string', not: { pattern: '777$' } };
    const within = (keys) => keys.reduceRight((inner, key) => ({ type: 'object', properties: { [key]: inner } }), number);
    const schema = { body: { type: 'array', items: within(BAD.split('.')) } };
    app.get('/held', async () => counts());
    app.post(PATH, { schema }, async (request) => take(request.body));
    await app.listen({ port: Number(port), host: '127.0.0.1' });
  },
  'fastify-rate-limit': async () => {
    const app = require('fastify')();
    await app.register(require('@fastify/rate-limit'), { max: 8, timeWindow: 2000 });
    app.get('/held', { config: { rateLimit: false } }, async () => counts());
    app.post(PATH, async (request) => take(request.body));
    await app.listen({ port: Number(port), host: '127.0.0.1' });
  },
  nest: () => nest(false),
  'nest-throttler': () => nest(true),
};

// NestJS without TypeScript: its decorators are called as functions.
async function nest(throttled) {
  require('reflect-metadata');
  const { Module, Controller, Post, Get, Body, ParseArrayPipe } = require('@nestjs/common');
  const { NestFactory, APP_GUARD } = require('@nestjs/core');
  const { ThrottlerModule, ThrottlerGuard, SkipThrottle } = require('@nestjs/throttler');
  const { ValidateNested, NotContains, Matches } = require('class-validator');
  const { Type } = require('class-transformer');
  class Phone {}
  Matches(/^(?!.*777$)/, { message: 'number is not a number' })(Phone.prototype, 'number');
  const nested = (key, Inner) => {
    class Outer {}
    ValidateNested()(Outer.prototype, key);
    Type(() => Inner)(Outer.prototype, key);
    return Outer;
  };
  const Contact = BAD.split('.').slice(0, -1).reduceRight((inner, key) => nested(key, inner), Phone);
  class Import {
    post(contacts) { return take(contacts); }
    held() { return counts(); }
  }
  const method = (decorator, key) => decorator(Import.prototype, key, Object.getOwnPropertyDescriptor(Import.prototype, key));
  Controller()(Import);
  method(Post(PATH), 'post');
  method(Get('/held'), 'held');
  method(SkipThrottle({ short: true, long: true }), 'held');
  Reflect.defineMetadata('design:paramtypes', [Array], Import.prototype, 'post');
  Body(new ParseArrayPipe({ items: Contact, stopAtFirstError: false }))(Import.prototype, 'post', 0);
  class App {}
  const limits = [{ name: 'short', ttl: 2000, limit: 8 }, { name: 'long', ttl: 60000, limit: 1000 }];
  Module({
    controllers: [Import],
    imports: throttled ? [ThrottlerModule.forRoot(limits)] : [],
    providers: throttled ? [{ provide: APP_GUARD, useClass: ThrottlerGuard }] : [],
  })(App);
  const app = await NestFactory.create(App, { logger: ['error'] });
  await app.listen(Number(port), '127.0.0.1');
}

cases[name]();
