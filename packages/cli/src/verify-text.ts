/** The words of `trailmark verify` for people: one line a stream, what is wrong below it, and a verdict at the end. */
import type { StreamReport, VerifyReport } from '@trailmark/ledger/verify'
import { printable } from './printable.ts'
import type { Screen } from './terminal.ts'

/** Notes and breaks of one stream that are spelled out; `--json` has them all. */
const shownMax = 50

export function streamLines(
  report: StreamReport,
  pinned: boolean,
  widths: { readonly service: number; readonly stream: number },
  screen: Screen,
): string[] {
  const { integrity, completeness } = report
  const head = [
    printable(report.service).padEnd(widths.service),
    printable(`${report.stream}.${report.retentionClass}`).padEnd(widths.stream),
    printable(report.writer),
    counted(report.entries, 'record'),
    `root ${report.root.slice(0, 12)}`,
    integrityVerdict(report, pinned, screen),
    completenessVerdict(report, screen),
    ...anchorVerdict(report),
  ]
  const breaks = integrity.breaks.map(({ code, n, file, offset, message }) => {
    const place = n < 0 ? printable(file) : `n ${n}, ${printable(file)} byte ${offset}`
    return `  ${screen.paint('red', 'broken')} at ${place}: ${printable(message)} (${printable(code)})`
  })
  const gaps = completeness.gaps.map(({ code, firstSeq, lastSeq, message, explained }) => {
    if (code !== undefined)
      return `  ${screen.paint('red', 'silent')} after n ${firstSeq}: ${printable(message)} (${code})`
    const what = explained ? screen.paint('yellow', 'gap, explained') : screen.paint('red', 'gap')
    const range = firstSeq === lastSeq ? `seq ${firstSeq}` : `seq ${firstSeq} to ${lastSeq}`
    return `  ${what} at ${range}: ${printable(message)}`
  })
  const notes = report.notes.map(({ code, message }) =>
    screen.paint('dim', `  note: ${printable(message)} (${printable(code)})`),
  )
  return [head.join('  '), ...some(breaks, 'more breaks'), ...some(gaps, 'more gaps'), ...some(notes, 'more notes')]
}

/** Up to where somebody outside vouches for it, and from where on nobody does: a missing anchor is never passed over. */
function anchorVerdict({ anchored, unanchoredSince }: StreamReport): string[] {
  const by = anchored && `anchored to ${anchored.size} by ${anchored.by.join(', ')} at ${anchored.time}`
  const since = unanchoredSince === undefined ? undefined : `unanchored since ${unanchoredSince}`
  return [by, since].filter((text) => text !== undefined).map((text) => printable(text))
}

/** Two questions, answered apart: whether everything here is as it was signed, and whether everything is here. */
function integrityVerdict({ integrity }: StreamReport, pinned: boolean, screen: Screen): string {
  if (integrity.ok) return screen.paint('green', `integrity ok, ${pinned ? 'signature ok' : 'self-signed'}`)
  return screen.paint('red', `integrity BROKEN in ${counted(integrity.breaks.length, 'place')}`)
}

function completenessVerdict({ completeness, notes }: StreamReport, screen: Screen): string {
  const open = completeness.gaps.filter((gap) => !gap.explained).length
  if (!completeness.ok) return screen.paint('red', `INCOMPLETE, ${counted(open, 'gap')}`)
  // Entries that are no records of ours carry no number that could be missing.
  const partly = notes.some(({ code }) => code === 'LEDGER_SEQ_ABSENT')
  return screen.paint('green', partly ? 'complete as far as entries are numbered' : 'complete')
}

interface VerdictFacts {
  /** How many roots kept elsewhere it was compared with. */
  readonly held: number
  /** How many attempts have no result. */
  readonly unfinished: number
  /** Whether somebody was named to vouch for it, and nobody does. */
  readonly unvouched?: boolean
  readonly ok: boolean
}

export function verdictLine(
  report: VerifyReport,
  { held, unfinished, unvouched = false, ok }: VerdictFacts,
  screen: Screen,
): string {
  const { streams, pinned, lost } = report
  const anchored = anchoring(streams)
  const compared = `compared with ${counted(held, 'root')} kept elsewhere`
  const anchor = held === 0 ? anchored : anchored === 'unanchored' ? compared : `${anchored}; ${compared}`
  const origin = pinned ? '' : '; self-signed: proves consistency, not origin'
  const records = streams.reduce((sum, { entries }) => sum + entries, 0)
  // A second's worth in a running service. Many are what somebody put behind an older checkpoint.
  const unsigned = streams.reduce(
    (sum, { entries, checkpoint }) => sum + Math.max(0, entries - (checkpoint?.size ?? 0)),
    0,
  )
  const behind = unsigned > 0 ? `, ${unsigned.toLocaleString('en-US')} of them not signed` : ''
  const scope = `${counted(streams.length, 'stream')}, ${counted(records, 'record')}${behind}`
  if (ok) return `${screen.paint(['bold', 'green'], 'intact and complete')}: ${scope}${origin}; ${anchor}`
  const breaks = streams.reduce((sum, { integrity }) => sum + integrity.breaks.length, 0)
  const gaps = streams.reduce(
    (sum, { completeness }) => sum + completeness.gaps.filter((gap) => !gap.explained).length,
    0,
  )
  const found = [
    breaks > 0 && counted(breaks, 'break'),
    lost.length > 0 && `${counted(lost.length, 'writer')} gone`,
    gaps > 0 && counted(gaps, 'gap'),
    unfinished > 0 && `${counted(unfinished, 'attempt')} without result`,
    unvouched && 'nothing that a witness or authority you named vouches for',
  ].filter((text) => text !== false)
  const broken = lost.length > 0 || streams.some(({ integrity }) => !integrity.ok)
  const verdict = broken ? 'BROKEN' : gaps > 0 ? 'INCOMPLETE' : 'NOT CONCLUDED'
  return `${screen.paint(['bold', 'red'], verdict)}: ${found.join(', ') || 'see above'} in ${scope}${origin}; ${anchor}`
}

function anchoring(streams: readonly StreamReport[]): string {
  const filled = streams.filter(({ entries }) => entries > 0)
  const anchored = filled.filter((one) => one.anchored).length
  if (anchored === 0) return 'unanchored'
  return anchored === filled.length ? 'anchored' : `${anchored} of ${counted(filled.length, 'stream')} anchored`
}

function some(lines: readonly string[], what: string): string[] {
  const rest = lines.length - shownMax
  return rest > 0 ? [...lines.slice(0, shownMax), `  … and ${rest} ${what}: see --json`] : [...lines]
}

export function counted(count: number, noun: string, many = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : many}`
}
