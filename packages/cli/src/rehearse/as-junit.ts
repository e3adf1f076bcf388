/**
 * The answer as JUnit XML, which every CI shows: one test case a route, one a finding. What is in the baseline is skipped.
 */
import { sentenceOf } from './as-sarif.ts'
import type { Verdict } from './judge.ts'

export function junitOf({ routes, findings }: Verdict, module: string): string {
  const cases = [
    ...routes.map((route) => {
      const name = `${route.method} ${route.route}`
      if (route.status !== 'unaudited') return caseOf(name, module)
      if (route.accepted)
        return caseOf(name, module, `<skipped message="${escaped(route.note ?? 'in the baseline')}"/>`)
      return caseOf(name, module, failure('unaudited', sentenceOf(route)))
    }),
    ...findings.map(({ rule, text, advice, accepted }) => {
      if (accepted) return caseOf(rule, module, '<skipped message="in the baseline"/>')
      return caseOf(rule, module, failure(rule, advice === undefined ? text : `${text}. ${advice}`))
    }),
  ]
  const failures = cases.filter((one) => one.includes('<failure ')).length
  const skipped = cases.filter((one) => one.includes('<skipped ')).length
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="trailmark coverage" ${counts}>
${cases.join('\n')}
  </testsuite>
</testsuites>
`
}

function caseOf(name: string, module: string, inner?: string): string {
  const start = `    <testcase name="${escaped(name)}" classname="${escaped(module)}"`
  return inner === undefined ? `${start}/>` : `${start}>${inner}</testcase>`
}

function failure(type: string, message: string): string {
  return `<failure type="${escaped(type)}" message="${escaped(message)}"/>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** For an attribute. What XML 1.0 cannot hold, not even escaped, becomes a replacement character. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (found) => entities[found] ?? found)
    .replace(/[\t\n\r]/g, (found) => `&#${found.charCodeAt(0)};`)
}
