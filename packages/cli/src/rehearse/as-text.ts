/** The answer for people: one row a route, then what is wrong, then one line with the percentage. */
import { printable } from '../printable.ts'
import { layout } from '../table.ts'
import type { Screen } from '../terminal.ts'
import { counted } from '../verify-text.ts'
import type { JudgedRoute, Verdict } from './judge.ts'
import { keyOf } from './judge.ts'
import type { Recorded } from './recorded.ts'

const goneShownMax = 20
const staleShownMax = 20

export function* textOf(verdict: Verdict, screen: Screen, recorded?: Recorded): Generator<string> {
  if (verdict.routes.length > 0) yield* tableOf(verdict.routes, screen, recorded)
  for (const { rule, text, advice, accepted } of verdict.findings) {
    const state = accepted ? 'accepted' : 'finding'
    yield `${screen.paint(accepted ? 'dim' : 'red', state.padEnd(8))}  ${rule}  ${printable(text)}`
    if (advice !== undefined) yield `          ${advice}`
  }
  for (const { method, route, records } of recorded?.gone.slice(0, goneShownMax) ?? [])
    yield `gone      ${printable(`${method} ${route}`)}  ${counted(records, 'record')} in the trail, and not mounted`
  for (const one of verdict.stale.slice(0, staleShownMax)) {
    const what = 'rule' in one ? one.rule : `${one.method} ${one.route}`
    yield `stale     ${printable(what)}  is in the baseline and no longer so; --write-baseline takes it out`
  }
  yield summaryOf(verdict)
}

export function summaryOf({ routes, audited, exempt, unaudited, accepted, percent }: Verdict): string {
  const known = accepted === 0 ? '' : `, ${accepted} of them in the baseline`
  const counts = `${audited} audited, ${exempt} exempt, ${unaudited} UNAUDITED${known}`
  return `${percent} % of ${counted(routes.length, 'route')} accounted for: ${counts}`
}

function* tableOf(routes: readonly JudgedRoute[], screen: Screen, recorded: Recorded | undefined): Generator<string> {
  const longest = Math.min(60, Math.max(5, ...routes.slice(0, 1_000).map(({ route }) => printable(route).length)))
  const table = layout(
    [
      { title: 'METHOD', width: 7 },
      { title: 'ROUTE', width: screen.fits ? 24 : longest, wholeWidth: longest, grow: 1 },
      { title: 'STATUS', width: 9 },
      ...(recorded ? [{ title: 'RECORDED', width: 8 }] : []),
      { title: 'WHAT', width: 24, grow: 1 },
    ],
    screen,
  )
  yield table.header()
  for (const route of routes) {
    const { method, status } = route
    const count = recorded?.mounted.get(keyOf(route))
    yield table.row([
      method,
      route.route,
      status === 'unaudited' ? { text: 'UNAUDITED', style: route.accepted ? 'yellow' : 'red' } : status,
      ...(recorded ? [String(count?.records ?? 0)] : []),
      whatOf(route, count?.undeclared ?? 0),
    ])
  }
}

function whatOf(route: JudgedRoute, undeclared: number): string {
  const gap = route.gap === 'before_audit' ? 'before the audit' : route.gap === 'not_mounted' ? 'no audit mounted' : ''
  const kept = route.accepted ? `in the baseline${route.note === undefined ? '' : `: ${route.note}`}` : ''
  const drift = undeclared === 0 ? '' : `${counted(undeclared, 'record')} of data it does not declare`
  return [route.verb ?? route.reason ?? '', gap, kept, drift].filter((text) => text !== '').join(', ')
}
