/**
 * The answer as SARIF 2.1.0, which code hosts show beside a change. One result for each route that is not accounted for and for each
 * finding; those in the baseline are results that somebody suppressed. Routes are made while a program runs and have no line, so
 * the place is the module.
 */
import { type JudgedRoute, type Rule, rules, type Verdict } from './judge.ts'

export interface SarifPlace {
  /** The module, relative to where the check ran, with `/`. */
  readonly module: string
  readonly version: string
}

const names = Object.keys(rules).filter((name): name is Rule => Object.hasOwn(rules, name))

export function sarifOf({ routes, findings }: Verdict, { module, version }: SarifPlace): object {
  const locations = [{ physicalLocation: { artifactLocation: { uri: encodeURI(module) } } }]
  const result = (rule: Rule, text: string, fingerprint: string, accepted: boolean, note?: string): object => ({
    ruleId: rule,
    ruleIndex: names.indexOf(rule),
    level: rule === 'audit-mounted-twice' ? 'warning' : 'error',
    message: { text },
    locations,
    partialFingerprints: { 'trailmarkCoverage/v1': fingerprint },
    ...(accepted && { suppressions: [{ kind: 'external', ...(note !== undefined && { justification: note }) }] }),
  })
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'trailmark coverage',
            semanticVersion: version,
            rules: names.map((id) => ({ id, shortDescription: { text: rules[id] } })),
          },
        },
        results: [
          ...routes
            .filter(({ status }) => status === 'unaudited')
            .map((route) =>
              result(ruleOf(route), sentenceOf(route), keyIn(route), route.accepted === true, route.note),
            ),
          // Each of those routes is a result already.
          ...findings
            .filter(({ rule }) => rule !== 'route-before-audit')
            .map(({ rule, text, advice, accepted }) =>
              result(rule, advice === undefined ? text : `${text}. ${advice}`, rule, accepted),
            ),
        ],
      },
    ],
  }
}

function ruleOf({ gap }: JudgedRoute): Rule {
  return gap === 'before_audit' ? 'route-before-audit' : 'unaudited-route'
}

function keyIn({ method, route }: JudgedRoute): string {
  return `${method} ${route}`
}

/** Also the message of a failed test case. */
export function sentenceOf(route: JudgedRoute): string {
  const where = `${route.method} ${route.route}`
  if (route.gap === 'before_audit')
    return `${where} is mounted in front of the audit, which follows none of its requests`
  if (route.gap === 'not_mounted') return `${where} belongs to an application without the audit`
  return `${where} neither declares what it does to data nor says why it needs no record`
}
