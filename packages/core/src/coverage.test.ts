import { describe, expect, it } from 'vitest'
import { createCoverage, routesMax } from './coverage.ts'

describe('coverage', () => {
  it('says of every mounted route whether it is audited, exempt or forgotten', () => {
    const coverage = createCoverage()
    coverage.mounted('/patients/:id', 'get')
    coverage.mounted('/health', 'GET')
    coverage.mounted('/forgotten', 'POST')
    coverage.declared('/patients/:id', 'GET', 'read')
    coverage.exempt('/health', 'GET', 'probe')
    expect(coverage.report()).toEqual({
      routes: [
        { method: 'POST', route: '/forgotten', status: 'unaudited' },
        { method: 'GET', route: '/health', status: 'exempt', reason: 'probe' },
        { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' },
      ],
      audited: 1,
      exempt: 1,
      unaudited: 1,
      drifting: 0,
      truncated: false,
    })
  })

  it('believes a declaration before an exemption', () => {
    const coverage = createCoverage()
    coverage.exempt('/a', 'GET', 'probe')
    coverage.declared('/a', 'GET', 'read')
    expect(coverage.report().routes[0]?.status).toBe('audited')
  })

  it('counts no declaration of a route in front of the audit, and leaves an exemption as it is', () => {
    const coverage = createCoverage()
    for (const route of ['/declared', '/forgotten', '/health']) coverage.before(route, 'GET')
    coverage.declared('/declared', 'GET', 'read')
    coverage.exempt('/health', 'GET', 'probe')
    expect(coverage.report().routes).toEqual([
      { method: 'GET', route: '/declared', status: 'unaudited', gap: 'before_audit' },
      { method: 'GET', route: '/forgotten', status: 'unaudited', gap: 'before_audit' },
      { method: 'GET', route: '/health', status: 'exempt', reason: 'probe' },
    ])
  })

  it('does not grow without end, and says so', () => {
    const coverage = createCoverage()
    for (let i = 0; i < routesMax + 5; i++) coverage.mounted(`/${i}`, 'GET')
    expect(coverage.report()).toMatchObject({ unaudited: routesMax, truncated: true })
  })

  it('counts what a route touches and does not declare, where the request is answered', () => {
    const coverage = createCoverage()
    coverage.declared('/patients', 'GET', 'read')
    coverage.mounted('/search', 'ALL')
    for (const table of ['visits', 'rooms', 'visits']) coverage.drifted('/patients', 'HEAD', table)
    coverage.drifted('/search', 'POST', 'visits')
    for (let n = 0; n < 30; n++) coverage.drifted('/new', 'PUT', `t${n}`)
    const { routes, drifting } = coverage.report()
    expect(drifting).toBe(3)
    expect(
      routes.map(({ method, route, status, drift, tables }) => [method, route, status, drift, tables?.length]),
    ).toEqual([
      ['PUT', '/new', 'unaudited', 30, 20],
      ['GET', '/patients', 'audited', 3, 2],
      ['ALL', '/search', 'unaudited', 1, 1],
    ])
  })
})
