/** `trailmark coverage`: every mounted route of an application is audited, exempt with a reason, or reported. */
import { stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import type { Command, Invocation } from '../command.ts'
import { CliError, exitCodes, usageError } from '../errors.ts'
import { locate, locationOptions } from '../location.ts'
import { printable, printableJson } from '../printable.ts'
import { progressBar } from '../progress.ts'
import { junitOf } from '../rehearse/as-junit.ts'
import { sarifOf } from '../rehearse/as-sarif.ts'
import { textOf } from '../rehearse/as-text.ts'
import { type Baseline, readBaseline, writeBaseline } from '../rehearse/baseline.ts'
import { baselineFor, judge, type Verdict } from '../rehearse/judge.ts'
import { countRecorded, type Recorded } from '../rehearse/recorded.ts'
import type { Rehearsed } from '../rehearse/report.ts'
import { type RehearsalResult, startRehearsal } from '../rehearse/start-rehearsal.ts'
import type { Terminal } from '../terminal.ts'
import { parseTime } from '../time.ts'
import { version } from '../version.ts'

const secondsDefault = 30
const secondsMax = 600
const fromDefault = '30d'

export const coverageCommand: Command = {
  name: 'coverage',
  summary: 'Load an application, and list which of its routes are audited, exempt or forgotten.',
  usage: 'trailmark coverage <module> [options]',
  positionals: ['module'],
  options: {
    export: {
      type: 'string',
      value: 'name',
      help: 'what the module exports: an application, a server, or a function that makes one; default the usual names',
    },
    baseline: { type: 'string', value: 'file', help: 'gaps that are accepted for now: only others fail' },
    'write-baseline': { type: 'boolean', help: 'write every gap there is now to that file' },
    min: {
      type: 'string',
      value: 'percent',
      help: 'fail below so many percent of routes accounted for; without a baseline nothing else about routes fails',
    },
    junit: { type: 'boolean', help: 'print JUnit XML: one test case a route' },
    sarif: { type: 'boolean', help: 'print SARIF 2.1.0' },
    ...(locationOptions.dir && {
      dir: { ...locationOptions.dir, help: 'a trail: say how often each route stands in it' },
    }),
    from: { type: 'string', value: 'time', help: `with --dir: count records from then on; default ${fromDefault}` },
    timeout: { type: 'string', value: 'seconds', help: `how long the application may take; default ${secondsDefault}` },
  },
  example: `trailmark coverage dist/app.js --baseline coverage.json

METHOD  ROUTE          STATUS     WHAT
GET     /health        exempt     no personal data
GET     /patients/:id  audited    read
50 % of …`,

  async run(invocation, terminal) {
    const wanted = readWishes(invocation, terminal)
    const known = await stat(wanted.module).catch(() => undefined)
    if (known?.isFile() !== true) throw new CliError('CLI_NOT_FOUND', `there is no module ${wanted.module}`)
    const baseline = await baselineOf(wanted)
    const place = wanted.trail ? await locate(invocation, terminal) : undefined
    const report = standing(
      await startRehearsal({
        module: wanted.module,
        cwd: terminal.cwd,
        env: terminal.env,
        msMax: wanted.msMax,
        signal: terminal.signal,
        ...(wanted.export !== undefined && { export: wanted.export }),
      }),
      wanted.shown,
      terminal,
    )
    let verdict = judge(report, {
      ...(baseline !== undefined && { baseline }),
      ...(wanted.min !== undefined && { min: wanted.min }),
    })
    if (wanted.write && wanted.baseline !== undefined) {
      const made = baselineFor(verdict, baseline)
      await writeBaseline(wanted.baseline, made)
      verdict = judge(report, { baseline: made, ...(wanted.min !== undefined && { min: wanted.min }) })
    }
    const recorded = place && (await countTrail(place.root, wanted.fromMs, report, terminal))
    if (report.later !== undefined)
      terminal.note(`trailmark: an error that nobody caught came after the start: ${printable(report.later)}`)
    await print(verdict, recorded, wanted, invocation, terminal)
    return verdict.ok ? exitCodes.ok : exitCodes.finding
  },
}

interface Wishes {
  readonly module: string
  /** As a place in a report: relative to where the command ran. */
  readonly shown: string
  readonly export: string | undefined
  readonly baseline: string | undefined
  readonly write: boolean
  readonly min: number | undefined
  readonly trail: boolean
  readonly fromMs: number
  readonly msMax: number
}

function readWishes(invocation: Invocation, { cwd, now }: Terminal): Wishes {
  const [named] = invocation.positionals
  if (named === undefined) throw usageError('coverage: name the module of the application')
  const formats = ['json', 'junit', 'sarif'].filter((name) => invocation.flag(name))
  if (formats.length > 1) throw usageError(`coverage: --${formats.join(' and --')} cannot both be printed`)
  const baseline = invocation.text('baseline')
  const write = invocation.flag('write-baseline')
  if (write && baseline === undefined) throw usageError('coverage: --write-baseline needs --baseline <file>')
  const trail = invocation.text('dir') !== undefined
  const from = invocation.text('from')
  if (from !== undefined && !trail) throw usageError('coverage: --from has a meaning with --dir only')
  const module = resolve(cwd, named)
  return {
    module,
    shown: relative(cwd, module).split(sep).join('/'),
    export: invocation.text('export'),
    baseline: baseline === undefined ? undefined : resolve(cwd, baseline),
    write,
    min: numberIn(invocation, 'min', 0, 100),
    trail,
    fromMs: parseTime(from ?? fromDefault, 'from', now()),
    msMax: (numberIn(invocation, 'timeout', 1, secondsMax) ?? secondsDefault) * 1_000,
  }
}

function numberIn(invocation: Invocation, option: string, min: number, max: number): number | undefined {
  const text = invocation.text(option)
  if (text === undefined) return undefined
  const value = /^\d{1,3}(\.\d)?$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) throw usageError(`coverage: --${option} takes a number from ${min} to ${max}`)
  return value
}

async function baselineOf({ baseline, write }: Wishes): Promise<Baseline | undefined> {
  if (baseline === undefined) return undefined
  const found = await readBaseline(baseline)
  if (found === undefined && !write)
    throw new CliError('CLI_NOT_FOUND', `there is no baseline ${baseline}; --write-baseline makes one`)
  return found
}

const failed: Readonly<Record<Extract<RehearsalResult, { ok: false }>['stage'], string>> = {
  load: 'it failed while it was loaded',
  export: 'what was asked for is not there',
  ready: 'it failed to become ready',
  exit: 'it ended the process by itself',
  nothing: 'there is nothing to look at',
  time: 'it did not come to stand',
  ended: 'its process ended',
}

/** The report; throws CLI_APPLICATION_FAILED where there is none, CLI_INTERRUPTED where somebody stopped it. */
function standing(result: RehearsalResult, module: string, terminal: Terminal): Extract<Rehearsed, { ok: true }> {
  if (result.ok) return result
  if (terminal.signal.aborted) throw new CliError('CLI_INTERRUPTED', 'stopped before the application was there')
  const problem = `the application: ${failed[result.stage]}: ${printable(result.detail)}`
  throw new CliError('CLI_APPLICATION_FAILED', `${problem}${hintFor(result, module)}`)
}

/** What an error said is not shown, so where that would help somebody is told how to see it. */
function hintFor({ stage, detail }: Extract<RehearsalResult, { ok: false }>, module: string): string {
  if (noTypeScript.test(detail) || (/\.[cm]?tsx?$/.test(module) && detail.startsWith('SyntaxError')))
    return '; where this Node does not run the file as it is, name the built one or set NODE_OPTIONS, such as --import tsx'
  if (stage === 'nothing') return '; export it, or name its export with --export'
  return notLinked.test(detail) ? `; node ${printable(module)} shows which file and what` : ''
}

const notLinked = /^SyntaxError\b|MODULE_NOT_FOUND/
const noTypeScript =
  /ERR_UNKNOWN_FILE_EXTENSION|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX|ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/

async function countTrail(
  root: string,
  fromMs: number,
  report: Extract<Rehearsed, { ok: true }>,
  terminal: Terminal,
): Promise<Recorded> {
  const progress = progressBar('coverage', terminal.err, terminal.now)
  try {
    const { signal } = terminal
    return await countRecorded(root, fromMs, report.routes, report.services, { signal, onProgress: progress.update })
  } finally {
    progress.clear()
  }
}

async function print(
  verdict: Verdict,
  recorded: Recorded | undefined,
  { shown }: Wishes,
  invocation: Invocation,
  { out }: Terminal,
): Promise<void> {
  if (invocation.flag('junit')) return out.write(junitOf(verdict, shown))
  if (invocation.flag('sarif')) {
    const sarif = sarifOf(verdict, { module: shown, version: version() })
    return out.write(`${printableJson(JSON.stringify(sarif))}\n`)
  }
  if (invocation.flag('json')) {
    const trail = recorded && {
      recorded: [...recorded.mounted.values()],
      gone: recorded.gone,
      recordedTruncated: recorded.truncated,
    }
    return out.write(`${printableJson(JSON.stringify({ module: shown, ...verdict, ...trail }))}\n`)
  }
  for (const line of textOf(verdict, out, recorded)) await out.write(`${line}\n`)
}
