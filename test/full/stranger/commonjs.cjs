'use strict'
/**
 * A CommonJS application of one route in the framework that is asked for. It answers one request, closes, verifies its trail
 * and prints what came of it.
 */
const { createAudit } = require('@trailmark/core')
const { verify } = require('@trailmark/ledger/verify')

const [framework, dir] = process.argv.slice(2)

const serve = {
  async express(audit) {
    const express = require('express')
    const { auditMiddleware } = require('@trailmark/express')
    const app = express()
    app.use(auditMiddleware({ audit }))
    app.get('/secret', (_req, res) => res.status(403).end())
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    return server
  },
  async fastify(audit) {
    const app = require('fastify')()
    await app.register(require('@trailmark/fastify'), { audit })
    app.get('/secret', (_request, reply) => reply.code(403).send())
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  async koa(audit) {
    const Koa = require('koa')
    const { auditMiddleware } = require('@trailmark/koa')
    const app = new Koa()
    app.use(auditMiddleware({ audit }))
    app.use((ctx) => {
      ctx.status = 403
    })
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    return server
  },
  async hono(audit) {
    const { Hono } = require('hono')
    const { createAdaptorServer } = require('@hono/node-server')
    const { auditMiddleware } = require('@trailmark/hono')
    const app = new Hono()
    app.use(auditMiddleware(app, { audit }))
    app.get('/secret', (c) => c.body(null, 403))
    const server = createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    return server
  },
  async nestjs(audit) {
    require('reflect-metadata')
    const { Controller, Get, HttpCode, Module } = require('@nestjs/common')
    const { NestFactory } = require('@nestjs/core')
    const { AuditModule } = require('@trailmark/nestjs')
    class SecretController {
      secret() {}
    }
    const secret = Object.getOwnPropertyDescriptor(SecretController.prototype, 'secret')
    Get('secret')(SecretController.prototype, 'secret', secret)
    HttpCode(403)(SecretController.prototype, 'secret', secret)
    Controller()(SecretController)
    class AppModule {}
    Module({ imports: [AuditModule.forRoot({ audit })], controllers: [SecretController] })(AppModule)
    const app = await NestFactory.create(AppModule, { logger: false })
    await app.listen(0, '127.0.0.1')
    return app.getHttpServer()
  },
}

async function main() {
  const audit = createAudit({ service: 'packed', dir: `${dir}/trail`, keysDir: `${dir}/keys`, operational: 'none' })
  const server = await serve[framework](audit)
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/secret`)
  await answer.text()
  server.close()
  // Nothing else keeps this process alive from here on.
  await audit.close()
  const report = await verify(`${dir}/trail`, { workers: 2 })
  const { status, headers } = answer
  const requestId = headers.get('x-request-id')
  console.log(JSON.stringify({ status, requestId, ok: report.ok, streams: report.streams.length }))
}

void main()
