import { describe, expect, it } from 'vitest'
import { baselineFor, judge, type Verdict } from './judge.ts'
import type { FoundRoute, Rehearsed } from './report.ts'

type Report = Extract<Rehearsed, { ok: true }>

const read: FoundRoute = { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' }
const health: FoundRoute = { method: 'GET', route: '/health', status: 'exempt', reason: 'probe' }
const forgotten: FoundRoute = { method: 'DELETE', route: '/patients/:id', status: 'unaudited' }
const early: FoundRoute = { method: 'GET', route: '/early', status: 'unaudited', gap: 'before_audit' }

function report(routes: readonly FoundRoute[], also: Partial<Report> = {}): Report {
  const applications = [{ framework: 'express', audited: true }] as const
  return { ok: true, applications, routes, order: [], services: ['clinic'], truncated: false, ...also }
}

const rulesOf = ({ findings }: Verdict) => findings.map(({ rule, accepted }) => `${rule}${accepted ? ' accepted' : ''}`)

describe('the verdict', () => {
  it('is well where every route is audited or exempt', () => {
    expect(judge(report([read, health]), {})).toMatchObject({
      ok: true,
      audited: 1,
      exempt: 1,
      percent: 100,
      stale: [],
    })
  })

  it('fails on one route that was forgotten, and never rounds it away', () => {
    const many = Array.from({ length: 9_999 }, (_, n): FoundRoute => ({ ...read, route: `/r/${n}` }))
    expect(judge(report([...many, forgotten]), {})).toMatchObject({ ok: false, unaudited: 1, percent: 99.9 })
  })

  it('fails where nothing was found: a list that is empty proves nothing', () => {
    const verdict = judge(report([]), { baseline: { routes: [], findings: [{ rule: 'no-routes' }] } })
    expect([verdict.ok, rulesOf(verdict)]).toEqual([false, ['no-routes']])
  })

  it('names the application without the audit, and the line that is missing', () => {
    const verdict = judge(report([forgotten], { applications: [{ framework: 'koa', audited: false }] }), {})
    expect(verdict.findings).toMatchObject([
      { rule: 'audit-not-mounted', advice: expect.stringMatching(/auditMiddleware/) },
    ])
  })

  it('says what came before the audit', () => {
    const order = [{ code: 'AUDIT_MOUNTED_AFTER_BODY_PARSER', seen: 'jsonParser' }, { code: 'SOMETHING_ELSE' }]
    const verdict = judge(report([read, early], { order }), {})
    expect(rulesOf(verdict)).toEqual(['route-before-audit', 'audit-after-body-parser'])
    expect(verdict.findings[1]?.text).toContain('(seen: jsonParser)')
  })

  it('lets a floor decide alone where there is no baseline', () => {
    expect(judge(report([read, forgotten]), { min: 50 }).ok).toBe(true)
    expect(rulesOf(judge(report([read, forgotten]), { min: 50.1 }))).toEqual(['below-minimum'])
    expect(judge(report([read, forgotten]), { min: 50, baseline: { routes: [], findings: [] } }).ok).toBe(false)
  })
})

describe('a baseline', () => {
  const gaps = report([read, forgotten, early], { order: [{ code: 'AUDIT_MOUNTED_TWICE' }] })

  it('made of a verdict accepts what is there, and nothing that comes after it', () => {
    const baseline = baselineFor(judge(gaps, {}))
    expect(judge(gaps, { baseline })).toMatchObject({ ok: true, unaudited: 2, accepted: 2, percent: 33.3, stale: [] })
    const later = report([...gaps.routes, { ...forgotten, method: 'PUT' }], { order: gaps.order })
    expect(judge(later, { baseline })).toMatchObject({ ok: false, accepted: 2, unaudited: 3 })
    expect(
      judge(report(gaps.routes, { order: [{ code: 'AUDIT_MOUNTED_AFTER_AUTHENTICATION' }] }), { baseline }).ok,
    ).toBe(false)
  })

  it('names what is audited by now, or gone, and goes on passing', () => {
    const baseline = baselineFor(judge(gaps, {}))
    const verdict = judge(report([read, { ...forgotten, status: 'audited', verb: 'delete' }]), { baseline })
    expect(verdict.ok).toBe(true)
    expect(verdict.stale).toEqual([
      { method: 'GET', route: '/early' },
      { method: 'DELETE', route: '/patients/:id' },
      { rule: 'audit-mounted-twice' },
    ])
    expect(baselineFor(verdict, baseline)).toEqual({ routes: [], findings: [] })
  })

  it('keeps the notes of entries that stay', () => {
    const old = { routes: [{ method: 'GET', route: '/early', note: 'goes in June' }], findings: [] }
    expect(baselineFor(judge(gaps, { baseline: old }), old).routes).toEqual([
      { method: 'GET', route: '/early', note: 'goes in June' },
      { method: 'DELETE', route: '/patients/:id' },
    ])
  })
})
