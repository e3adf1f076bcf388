/** `trailmark anchor`: shows the checkpoints of every writer on this host to anchors, once or again and again. */
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asId } from '@trailmark/core'
import { type Keys, openKeys } from '@trailmark/keys'
import { type AnchorFact, type Anchoring, type AnchoringState, startAnchoring } from '@trailmark/ledger'
import type { Anchor } from '@trailmark/ledger/anchors'
import { anchorOptions, anchorsFrom } from '../anchor/anchors-from.ts'
import { serviceDirectories } from '../anchor/service-directories.ts'
import type { Command, Invocation } from '../command.ts'
import { CliError, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { parseCount } from '../filter-options.ts'
import { locate, locationOptions } from '../location.ts'
import { openOperatorAudit } from '../operator-audit.ts'
import { printable, printableJson } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

/** For one last publication: each anchor has ten seconds of its own. */
const budgetMs = 30_000
const alarming: readonly AnchorFact['kind'][] = ['rollback', 'rewound', 'gone', 'unusable']

interface Anchored {
  readonly service: string
  readonly anchoring: Anchoring
  readonly facts: AnchorFact[]
}

/** What `--json` prints of a service. */
interface Outcome extends Omit<AnchoringState, 'role'> {
  readonly service: string
  /** Whether this run held the anchor log; else a process of the service does, and anchors by itself. */
  readonly held: boolean
  readonly alarms: readonly AnchorFact[]
  readonly trouble?: string
}

export const anchorCommand: Command = {
  name: 'anchor',
  summary: 'Show the newest checkpoints of every writer to somebody outside, now or again and again.',
  usage: 'trailmark anchor [dir] --witness <url,vkey> | --file <path> | … [options]',
  positionals: ['dir'],
  options: {
    ...anchorOptions,
    every: { type: 'string', value: 'seconds', help: 'go on until Ctrl-C, publishing so often; default once' },
    ...locationOptions,
  },
  example: `trailmark anchor --file /mnt/other/trailmark

clinic  file  anchored to entry 54 of the anchor log
anchored 1 of 1 services`,

  async run(invocation, terminal) {
    const [positional] = invocation.positionals
    if (positional !== undefined && invocation.text('dir') !== undefined)
      throw usageError('the directory is given twice: as an argument and with --dir')
    const make = await anchorsFrom(invocation, terminal)
    const every = invocation.text('every')
    const everyMs = every === undefined ? undefined : parseCount(every, 'every', 1, 86_400) * 1_000
    const location = await locate(invocation, terminal, positional)
    const keys = openKeys({ dir: location.keysDir, create: false })
    const started = new Map<string, Anchored>()
    const start = async (): Promise<void> => {
      for (const dir of await serviceDirectories(location.root))
        if (!started.has(dir)) started.set(dir, anchor(dir, keys, make(), { everyMs, terminal }))
    }
    await start()
    if (started.size === 0) throw new CliError('CLI_NOT_FOUND', `no ledger below ${location.root}`)
    if (everyMs !== undefined) await goOn(everyMs, start, terminal)
    await Promise.all([...started.values()].map(({ anchoring }) => anchoring.stop(budgetMs)))
    const outcomes = [...started.values()].map(outcomeOf)
    const alarms = outcomes.flatMap((one) => one.alarms)
    if (alarms.length > 0 && !location.copy) await putOnRecord(location, keys, alarms, terminal)
    await print(outcomes, invocation, terminal)
    return exitCodeOf(outcomes)
  },
}

function anchor(
  serviceDir: string,
  keys: Keys,
  anchors: readonly Anchor[],
  { everyMs, terminal }: { readonly everyMs: number | undefined; readonly terminal: Terminal },
): Anchored {
  const service = basename(serviceDir)
  const facts: AnchorFact[] = []
  const onFact = (fact: AnchorFact): void => {
    // What is told for weeks is not kept: of each kind and place the newest.
    const at = facts.findIndex(
      (one) => one.kind === fact.kind && one.anchor === fact.anchor && one.origin === fact.origin,
    )
    if (at >= 0) facts.splice(at, 1)
    facts.push(fact)
    if (everyMs !== undefined) terminal.note(`${new Date(terminal.now()).toISOString()} ${factText(service, fact)}`)
  }
  const epochs = keys.epochs && { epochs: keys.epochs }
  const pace = everyMs === undefined ? {} : { everyMs }
  return {
    service,
    facts,
    anchoring: startAnchoring({ serviceDir, signer: keys.log, anchors, onFact, ...epochs, ...pace }),
  }
}

/** Services that are new meanwhile are found as well. */
async function goOn(everyMs: number, start: () => Promise<void>, { signal }: Terminal): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => {})
    if (!signal.aborted) await start()
  }
}

function outcomeOf({ service, anchoring, facts }: Anchored): Outcome {
  const { role: _role, ...state } = anchoring.state
  const trouble = facts.find(({ kind }) => kind === 'log')?.message
  return {
    service,
    held: facts.some(({ kind }) => kind === 'holding'),
    ...state,
    alarms: facts.filter(({ kind }) => alarming.includes(kind)),
    ...(trouble !== undefined && { trouble }),
  }
}

/** What looks like tampering is a finding; an anchor that was not reached is a failure of this run. */
function exitCodeOf(outcomes: readonly Outcome[]): ExitCode {
  if (outcomes.some(({ alarms }) => alarms.length > 0)) return exitCodes.finding
  const failed = outcomes.some(({ trouble, held, anchors }) => {
    return trouble !== undefined || (held && anchors.some(({ failure }) => failure))
  })
  return failed ? exitCodes.failure : exitCodes.ok
}

async function putOnRecord(
  location: { readonly configured: string },
  keys: Keys,
  alarms: readonly AnchorFact[],
  terminal: Terminal,
): Promise<void> {
  try {
    const { audit, actor } = openOperatorAudit(location, keys)
    for (const { kind, anchor } of alarms) {
      const reason = kind === 'gone' ? 'missing' : kind === 'unusable' ? 'unreadable' : 'rewound'
      const metadata = { verifier: asId(anchor === undefined ? 'anchor-log' : `anchor-${anchor}`) }
      audit.record('audit_integrity_failed', { actor, outcome: 'failure', reason, metadata })
    }
    await audit.close()
  } catch (error) {
    terminal.note(`trailmark: this finding could not be put on record: ${printable(String(error))}`)
  }
}

async function print(outcomes: readonly Outcome[], invocation: Invocation, { out }: Terminal): Promise<void> {
  const done = outcomes.filter(
    ({ held, unanchored, alarms }) => held && unanchored === undefined && alarms.length === 0,
  )
  if (invocation.flag('json')) {
    const json = JSON.stringify({ ok: exitCodeOf(outcomes) === exitCodes.ok, services: outcomes })
    await out.write(`${out.tty ? printableJson(json) : json}\n`)
    return
  }
  const lines = outcomes.flatMap(({ service, held, anchors, alarms, trouble, unanchored }) => [
    ...(held ? anchors : []).map(({ name, size, failure }) =>
      failure
        ? `${printable(service)}  ${name}  ${out.paint('red', 'not anchored')}: ${printable(failure.message)} (${failure.code})`
        : `${printable(service)}  ${name}  anchored to entry ${size} of the anchor log`,
    ),
    ...(held || trouble !== undefined ? [] : [`${printable(service)}  is anchored by a process of its own`]),
    ...(trouble === undefined
      ? []
      : [`${printable(service)}  ${out.paint('red', 'cannot be anchored')}: ${printable(trouble)}`]),
    ...alarms.map((fact) => out.paint('red', factText(service, fact))),
    ...(held && unanchored !== undefined ? [`${printable(service)}  unanchored since ${unanchored}`] : []),
  ])
  await out.write(`${[...lines, `anchored ${done.length} of ${outcomes.length} services`].join('\n')}\n`)
}

function factText(service: string, { kind, anchor, origin, code, message }: AnchorFact): string {
  const what = [service, kind, anchor ?? origin].filter((one) => one !== undefined).join('  ')
  return printable(message === undefined ? what : `${what}: ${message}${code ? ` (${code})` : ''}`)
}
