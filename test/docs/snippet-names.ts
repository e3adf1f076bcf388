/**
 * The names that a reader of a guide already has where a block stands: what the page imported before, and what is the
 * reader's own. Each is declared in front of the blocks that use it.
 */
export type Names = Readonly<Record<string, string>>

export const common: Names = {
  auditMiddleware: "import { auditMiddleware } from '@trailmark/express'",
  audited: "import { audited } from '@trailmark/express'",
  auditPlugin: "import auditPlugin from '@trailmark/fastify'",
  createAudit: "import { createAudit } from '@trailmark/core'",
  defineEvents: "import { defineEvents } from '@trailmark/core'",
  bind: "import { bind } from '@trailmark/core'",
  bindEmitter: "import { bindEmitter } from '@trailmark/core'",
  wrapCallbacks: "import { wrapCallbacks } from '@trailmark/core'",
  carrier: "import { carrier } from '@trailmark/core'",
  runWithCarrier: "import { runWithCarrier } from '@trailmark/core'",
  pinoHttp: "import { pinoHttp } from 'pino-http'",
  audit:
    "import { createAudit as makeAudit } from '@trailmark/core'\ndeclare const audit: ReturnType<typeof makeAudit>",
  show: 'declare const show: () => void',
  exportAll: 'declare const exportAll: () => void',
  home: 'declare const home: () => void',
  name: 'declare const name: string',
  id: 'declare const id: string',
  url: 'declare const url: string',
  user: 'declare const user: { id: string; roles: string[] }',
  sql: 'declare const sql: string',
  pool: 'declare const pool: { query(sql: string, done: (error: unknown, rows: unknown[]) => void): void }',
  client: 'declare const client: { query(sql: string, done: () => void): void }',
  socket: "import type { Socket } from 'node:net'\ndeclare const socket: Socket",
  server: "import { createServer } from 'node:http'\nconst server = createServer()",
  req: "import type { IncomingMessage } from 'node:http'\ndeclare const req: IncomingMessage",
  Request: "import type { Request } from 'express'",
  work: 'declare const work: () => void',
  use: 'declare const use: (rows: unknown[]) => void',
  expect: "import { expect } from 'vitest'",
}

/** Where the same name is something else on a page, or is the page's own. */
export const ofPage: Readonly<Record<string, Names>> = {
  'README.md': {
    passport: "import passport from 'passport'",
    auditPassport: "import { auditPassport } from '@trailmark/integrations/passport'",
    auditCasl: "import { auditCasl } from '@trailmark/integrations/casl'",
    createMongoAbility: "import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability'",
    rules: 'declare const rules: RawRuleOf<MongoAbility>[]',
    auditPg: "import { auditPg } from '@trailmark/integrations/pg'",
    Pool: "import { Pool } from 'pg'",
  },
  'docs/capture-authentication.md': {
    passport: "import passport from 'passport'",
    auditPassport: "import { auditPassport } from '@trailmark/integrations/passport'",
    session: "import session from 'express-session'",
    auditExpressSession: "import { auditExpressSession } from '@trailmark/integrations/express-session'",
    RedisStore:
      "import { Store as ReaderStore } from 'express-session'\ndeclare const RedisStore: new (options: { client: unknown }) => ReaderStore",
    secret: 'declare const secret: string',
    auditJsonwebtoken: "import { auditJsonwebtoken } from '@trailmark/integrations/jsonwebtoken'",
    auditJose: "import { auditJose } from '@trailmark/integrations/jose'",
    betterAuth: "import { betterAuth } from 'better-auth'",
    twoFactor: "import { admin, twoFactor } from 'better-auth/plugins'",
    toNodeHandler: "import { toNodeHandler } from 'better-auth/node'",
    auditBetterAuth: "import { auditBetterAuth } from '@trailmark/integrations/better-auth'",
    database: "import { DatabaseSync } from 'node:sqlite'\nconst database = new DatabaseSync(':memory:')",
  },
  'docs/capture-authorisation.md': {
    mayRead: "import type { RequestHandler as Guard } from 'express'\ndeclare const mayRead: Guard",
    requireAdmin: "import type { RequestHandler as AdminGuard } from 'express'\ndeclare const requireAdmin: AdminGuard",
    policy: 'declare const policy: { mayRead(user: unknown, id: string): Promise<boolean> }',
    remove: 'declare const remove: () => void',
    Request: "import type { Request as Plain } from 'express'\ntype Request = Plain & { user?: { id: string } }",
    auditCasl: "import { auditCasl } from '@trailmark/integrations/casl'",
    createMongoAbility: "import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability'",
    rulesOf: 'declare const rulesOf: (user: unknown) => RawRuleOf<MongoAbility>[]',
    auditCasbin: "import { auditCasbin } from '@trailmark/integrations/casbin'",
    newEnforcer: "import { newEnforcer } from 'casbin'",
    auditOpenFga: "import { auditOpenFga } from '@trailmark/integrations/openfga'",
    OpenFgaClient:
      "import { OpenFgaClient } from '@openfga/sdk'\ndeclare const apiUrl: string, storeId: string, authorizationModelId: string",
    auditOpa: "import { auditOpa } from '@trailmark/integrations/opa'",
    OPAClient:
      "import { OPAClient } from '@open-policy-agent/opa'\ninterface Input { action: string; user: { roles: string[] } }",
    auditAccessControl: "import { auditAccessControl } from '@trailmark/integrations/accesscontrol'",
    AccessControl:
      "import { AccessControl } from 'accesscontrol'\ndeclare const grants: ConstructorParameters<typeof AccessControl>[0]",
    auditFastifyAuth: "import '@fastify/auth'\nimport { auditFastifyAuth } from '@trailmark/integrations/fastify-auth'",
  },
  'docs/capture-orms.md': {
    pool: "import { Pool } from 'pg'\nconst pool = new Pool()",
    Database: 'interface Database { patients: { id: string; person_id: string } }',
    auditPrisma: "import { auditPrisma } from '@trailmark/integrations/prisma'",
    PrismaClient:
      "import type { PrismaClientLike } from '@trailmark/integrations/prisma'\ndeclare const PrismaClient: new (options: object) => PrismaClientLike",
    adapter: 'declare const adapter: object',
    MongoClient: "import { MongoClient } from 'mongodb'",
    auditMongodb: "import { auditMongodb } from '@trailmark/integrations/mongodb'",
    mongoose: "import mongoose from 'mongoose'",
    auditMongoose: "import { auditMongoose } from '@trailmark/integrations/mongoose'",
  },
  'docs/capture-security.md': {
    ratelimit: "import type { Middleware } from 'koa'\ndeclare const ratelimit: (options: object) => Middleware",
    windowMs: "import { rateLimit } from 'express-rate-limit'",
    timeWindow: "import rateLimit from '@fastify/rate-limit'",
    loaded: "import '@fastify/csrf-protection'",
    doubleCsrf:
      "import { doubleCsrf } from 'csrf-csrf'\ndeclare const secret: string, sessionIdOf: (req: object) => string",
    multer: "import multer from 'multer'",
    fileFilter: "declare const fileFilter: NonNullable<multer.Options['fileFilter']>",
    OpenFeature: "import { OpenFeature } from '@openfeature/server-sdk'",
  },
  'docs/capture-sockets.md': {
    WebSocketServer: "import { WebSocketServer } from 'ws'",
    auditWs: "import { auditWs } from '@trailmark/integrations/ws'",
    websocket: "import websocket from '@fastify/websocket'",
    Server: "import { Server } from 'socket.io'",
    authenticate:
      "import type { IncomingMessage } from 'node:http'\ndeclare const authenticate: (request: IncomingMessage) => Client\ninterface Client { id: string }",
  },
  'docs/capture-system.md': {
    Umzug: "import { Umzug } from 'umzug'",
    Knex: "import Knex from 'knex'\nconst config: Knex.Knex.Config = {}",
    drizzle: "import { drizzle } from 'drizzle-orm/node-postgres'",
    pool: "import { Pool } from 'pg'\nconst pool = new Pool()",
    Queue: "import { Queue } from 'bullmq'\nconst connection = { host: '127.0.0.1' }",
    Worker: "import { Worker } from 'bullmq'",
    send: 'declare const send: () => Promise<void>',
    cron: "import cron from 'node-cron'",
    tidyUp: 'declare const tidyUp: () => Promise<void>',
    letters: 'declare const letters: string[], recipients: string[]',
    body: 'declare const body: string, deliveryId: string',
  },
  'docs/outbox.md': {
    pool: "import { Pool } from 'pg'\nconst pool = new Pool()",
    knex: "import { knex as makeKnex } from 'knex'\nconst knex = makeKnex({})",
    role: 'declare const role: string',
    user: 'declare const user: string',
  },
  'docs/nestjs.md': {
    Controller: "import { Controller, Get, Inject, Param, Post } from '@nestjs/common'",
    PatientsController: "import { Controller as Ctl } from '@nestjs/common'\n@Ctl() class PatientsController {}",
    Audited: "import { AUDIT, Audited } from '@trailmark/nestjs'\nimport type { Audit } from '@trailmark/core'",
  },
  'docs/hono.md': {
    app: "import { Hono } from 'hono'\nconst app = new Hono()",
    audited: "import { audited } from '@trailmark/hono'",
    show: "import type { Handler } from 'hono'\ndeclare const show: Handler, login: Handler",
    exportAll: "import type { Handler as ExportHandler } from 'hono'\ndeclare const exportAll: ExportHandler",
  },
  'docs/test-your-app.md': {
    expectNoLeak: "import { expectNoLeak, testAudit } from '@trailmark/core/testing'",
    requests: 'declare const requests: { path: string }[]',
    vi: "import { vi } from 'vitest'",
    audit: "import { testAudit as makeAudit } from '@trailmark/core/testing'\nconst audit = makeAudit()",
  },
  'docs/anchor.md': {
    request: "import type { IncomingMessage } from 'node:http'\ndeclare const request: IncomingMessage",
    body: 'declare const body: Buffer, secret: string',
    answer: 'declare const answer: (status: number) => never',
    store:
      'declare const store: { newest(origin: string): { size: number; root: string } | undefined; append(origin: string, held: object): void }',
  },
  'docs/privacy.md': {
    client: 'declare const client: { connect(key: string): void }',
    log: 'declare const log: { info(message: object): void }, count: number',
    integer: "import { idLike, integer, personalField, token } from '@trailmark/core'",
  },
  'docs/prove.md': {
    proof:
      "import type { prove } from '@trailmark/ledger/prove'\ndeclare const proof: Awaited<ReturnType<typeof prove>>, line: string",
    key: 'declare const key: Uint8Array',
  },
  'docs/rotate-keys.md': {
    openKeys: "import { openKeys } from '@trailmark/keys'\ndeclare const dir: string",
    old: "import type { openKeys as open } from '@trailmark/keys'\ndeclare const old: ReturnType<typeof open>['log'], replacement: ReturnType<typeof open>['log']",
  },
  'docs/verify.md': {
    key: 'declare const key: Uint8Array',
  },
}

export function applicationOf(block: string): string {
  if (/auditPlugin|config: \{ audit|auditFastify/.test(block))
    return "import Fastify from 'fastify'\nconst app = Fastify()"
  if (/auditKoa/.test(block)) return "import Koa from 'koa'\nconst app = new Koa()"
  return "import express from 'express'\nconst app = express()"
}
