import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordingTerminal } from '../terminal.fixture.ts'
import { junitOf } from './as-junit.ts'
import { sarifOf } from './as-sarif.ts'
import { textOf } from './as-text.ts'
import { judge } from './judge.ts'
import type { Recorded } from './recorded.ts'
import { parseReport } from './report.ts'

const verdict = judge(
  {
    ok: true,
    applications: [{ framework: 'express', audited: true }],
    routes: [
      { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' },
      { method: 'GET', route: '/health', status: 'exempt', reason: 'no personal data' },
      { method: 'GET', route: '/early', status: 'unaudited', gap: 'before_audit' },
      { method: 'POST', route: '/<b a="1">&\u0000\u001b[31m', status: 'unaudited' },
      { method: 'PUT', route: '/legacy', status: 'unaudited' },
    ],
    order: [{ code: 'AUDIT_MOUNTED_TWICE' }],
    services: [],
    truncated: false,
  },
  {
    baseline: {
      routes: [
        { method: 'PUT', route: '/legacy', note: 'goes in June' },
        { method: 'GET', route: '/gone' },
      ],
      findings: [],
    },
  },
)

describe('the answer', () => {
  it('is a table for people, with nothing that a terminal acts on', () => {
    const { terminal } = recordingTerminal('/', 0)
    const recorded: Recorded = {
      mounted: new Map([['GET /patients/:id', { method: 'GET', route: '/patients/:id', records: 7, undeclared: 2 }]]),
      gone: [{ method: 'GET', route: '/old', records: 3, undeclared: 0 }],
      truncated: false,
    }
    expect([...textOf(verdict, terminal.out, recorded)].join('\n')).toBe(
      `METHOD   ROUTE                       STATUS     RECORDED  WHAT
POST     /<b a="1">&\\u{0}\\u{1b}[31m  UNAUDITED  0
GET      /early                      UNAUDITED  0         before the audit
GET      /health                     exempt     0         no personal data
PUT      /legacy                     UNAUDITED  0         in the baseline: goes in June
GET      /patients/:id               audited    7         read, 2 records of data it does not declare
finding   route-before-audit  routes mounted in front of the audit: 1
          Mount the audit first.
finding   audit-mounted-twice  The audit is mounted twice for the same requests: the second one does nothing
          Remove one of them.
gone      GET /old  3 records in the trail, and not mounted
stale     GET /gone  is in the baseline and no longer so; --write-baseline takes it out
40 % of 5 routes accounted for: 1 audited, 1 exempt, 3 UNAUDITED, 1 of them in the baseline`,
    )
  })

  it('is JUnit XML, escaped', () => {
    expect(junitOf(verdict, 'src/a&b.ts')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="7" failures="4" errors="0" skipped="1">
  <testsuite name="trailmark coverage" tests="7" failures="4" errors="0" skipped="1">
    <testcase name="POST /&lt;b a=&quot;1&quot;&gt;&amp;\ufffd\ufffd[31m" classname="src/a&amp;b.ts"><failure type="unaudited" message="POST /&lt;b a=&quot;1&quot;&gt;&amp;\ufffd\ufffd[31m neither declares what it does to data nor says why it needs no record"/></testcase>
    <testcase name="GET /early" classname="src/a&amp;b.ts"><failure type="unaudited" message="GET /early is mounted in front of the audit, which follows none of its requests"/></testcase>
    <testcase name="GET /health" classname="src/a&amp;b.ts"/>
    <testcase name="PUT /legacy" classname="src/a&amp;b.ts"><skipped message="goes in June"/></testcase>
    <testcase name="GET /patients/:id" classname="src/a&amp;b.ts"/>
    <testcase name="route-before-audit" classname="src/a&amp;b.ts"><failure type="route-before-audit" message="routes mounted in front of the audit: 1. Mount the audit first."/></testcase>
    <testcase name="audit-mounted-twice" classname="src/a&amp;b.ts"><failure type="audit-mounted-twice" message="The audit is mounted twice for the same requests: the second one does nothing. Remove one of them."/></testcase>
  </testsuite>
</testsuites>
`)
  })

  it('holds in XML no character that XML cannot hold, whatever a route is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (route) => {
        const one = { ok: true, applications: [], order: [], services: [], truncated: false } as const
        const xml = junitOf(judge({ ...one, routes: [{ method: 'GET', route, status: 'unaudited' }] }, {}), route)
        expect(xml).not.toMatch(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u)
        expect(
          xml.match(/<testcase name="[^"<]*" classname="[^"<]*"><failure type="[^"<]*" message="[^"<]*"\/>/g),
        ).toHaveLength(1)
      }),
    )
  })

  it('is SARIF: a result for each gap, at the module, and what is in the baseline suppressed', () => {
    const sarif = JSON.parse(JSON.stringify(sarifOf(verdict, { module: 'src/my app.ts', version: '1.2.3' })))
    expect(sarif).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { semanticVersion: '1.2.3' } } }] })
    const [{ tool, results }] = sarif.runs
    const seen = results.map((one: { ruleId: string; partialFingerprints: object; suppressions?: object }) => ({
      rule: one.ruleId,
      route: Object.values(one.partialFingerprints)[0],
      suppressed: one.suppressions,
    }))
    expect(seen).toEqual([
      { rule: 'unaudited-route', route: 'POST /<b a="1">&\u0000\u001b[31m', suppressed: undefined },
      { rule: 'route-before-audit', route: 'GET /early', suppressed: undefined },
      {
        rule: 'unaudited-route',
        route: 'PUT /legacy',
        suppressed: [{ kind: 'external', justification: 'goes in June' }],
      },
      { rule: 'audit-mounted-twice', route: 'audit-mounted-twice', suppressed: undefined },
    ])
    for (const { ruleId, ruleIndex, locations, level } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
      expect(locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'src/my%20app.ts' } } }])
      expect(['error', 'warning']).toContain(level)
    }
  })
})

describe('a report of the process that ran the application', () => {
  it('is read, or is none, whatever it is', () => {
    const route = fc.record(
      { method: fc.anything(), route: fc.anything(), status: fc.anything() },
      { requiredKeys: [] },
    )
    const shaped = fc.record({
      ok: fc.constant(true),
      applications: fc.oneof(fc.array(fc.anything()), fc.anything()),
      routes: fc.array(fc.oneof(route, fc.anything())),
      order: fc.array(fc.anything()),
      services: fc.anything(),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          shaped.map((value) => JSON.stringify(value) ?? ''),
        ),
        (text) => {
          const report = parseReport(text)
          if (report?.ok) expect(judge(report, {}).routes).toHaveLength(report.routes.length)
        },
      ),
    )
  })
})
