/** Real applications, each loaded in a process of its own. What is slow or hostile is tried in test/full. */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type RehearsalResult, startRehearsal } from '../../packages/cli/src/rehearse/start-rehearsal.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

async function rehearsed(app: string, name?: string): Promise<Extract<RehearsalResult, { ok: true }>> {
  const result = await startRehearsal({
    module: `${here}apps/${app}.ts`,
    cwd: here,
    env: process.env,
    msMax: 25_000,
    signal: new AbortController().signal,
    ...(name !== undefined && { export: name }),
  })
  if (!result.ok) throw new Error(`${result.stage}: ${result.detail}`)
  return result
}

async function routesOf(app: string): Promise<string[]> {
  const { routes } = await rehearsed(app)
  return routes
    .map(({ method, route, status, verb, reason, gap }) => `${method} ${route} ${gap ?? verb ?? reason ?? status}`)
    .sort()
}

describe.concurrent('a rehearsal', () => {
  it('knows every route of an Express application, its routers and its sub-applications', async () => {
    expect(await routesOf('express')).toEqual([
      'DELETE /patients/:id unaudited',
      'GET /early before_audit',
      'GET /health no personal data',
      'GET /patients/:id read',
      'POST /admin/users create',
      'PUT /patients/:id update',
    ])
  })

  it('knows every route of a Fastify instance that a function makes, wherever the audit was registered', async () => {
    expect(await routesOf('fastify')).toEqual([
      'GET /before before_audit',
      'GET /beside read',
      'GET /health probe',
      'GET /patients/:id read',
      'GET /patients/forgotten unaudited',
    ])
  })

  it('finds a Koa application that exports nothing and listens in a later turn, and what stands before the audit', async () => {
    const { applications, routes, order } = await rehearsed('koa')
    expect(applications).toEqual([{ framework: 'koa', audited: true }])
    expect(routes.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      'POST /patients unaudited',
      'GET /patients/:id audited',
    ])
    expect(order).toEqual([{ code: 'AUDIT_MOUNTED_AFTER_BODY_PARSER', seen: 'bodyParser' }])
  })

  it.each(['hono', 'nest'])('knows every route of an application of %s', async (app) => {
    expect(await routesOf(app)).toEqual(['DELETE /patients/:id unaudited', 'GET /patients/:id read'])
  })

  it('finds nothing forgotten in the example', async () => {
    const { routes } = await rehearsed('../../../examples/coverage')
    expect(routes.map(({ status }) => status)).toEqual(['exempt', 'audited', 'audited'])
  })

  it('lists the routes of an application without the audit', async () => {
    const { applications, routes } = await rehearsed('unaudited', 'app')
    expect(applications).toEqual([{ framework: 'express', audited: false }])
    expect(routes).toEqual([{ method: 'GET', route: '/api/patients/:id', status: 'unaudited', gap: 'not_mounted' }])
  })

  it('reads the application behind an exported server, whatever else fails meanwhile', async () => {
    const { routes, services, later } = await rehearsed('server')
    expect(routes).toMatchObject([{ route: '/patients/:id', status: 'audited' }])
    expect(services).toEqual(['trailmark-test'])
    expect(later).toMatch(/^Error ECONNREFUSED at /)
    expect(later).not.toContain('10.0.0.1')
  })
})
