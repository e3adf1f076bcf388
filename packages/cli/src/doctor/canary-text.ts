/** What `doctor --canary` answers: for people line by line, for programs as one object. */

import type { PathResult } from '../canary/run.ts'
import type { RunningResult } from '../canary/running.ts'
import type { Arrival } from '../canary/search.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { printable, printableJson } from '../printable.ts'
import type { Screen } from '../terminal.ts'
import { counted } from '../verify-text.ts'

/** Loggers are the application's own: where theirs is checked. */
const skipped = [
  { path: 'auditedPino() and other loggers', reason: 'use expectNoLeak() in your tests, or --url with --logs' },
]

export async function tellPaths(results: readonly PathResult[], json: boolean, out: Screen): Promise<ExitCode> {
  const ok = results.every(({ arrived, failed }) => arrived.length === 0 && failed === undefined)
  if (json) await writeJson({ ok, paths: results, skipped }, out)
  else {
    const width = Math.max(...[...results, ...skipped].map(({ path }) => path.length))
    for (const { path, canaries, arrived, failed } of results) {
      const name = path.padEnd(width)
      if (failed !== undefined) await row('weak', `${name}  did not run (${failed}): nothing is known of it`, out)
      else if (arrived.length === 0)
        await row('ok', `${name}  ${counted(canaries, 'canary', 'canaries')}, none arrived`, out)
      else await leaks(name, arrived, out)
    }
    for (const { path, reason } of skipped) await row('note', `${path.padEnd(width)}  not tried: ${reason}`, out)
  }
  return ok ? exitCodes.ok : exitCodes.finding
}

export async function tellRunning(result: RunningResult, json: boolean, out: Screen): Promise<ExitCode> {
  const { requests, canaries, appended, arrived, bounded } = result
  const ok = arrived.length === 0 && appended.trail + appended.logs > 0
  if (json) await writeJson({ ok, ...result }, out)
  else {
    const statuses = requests.map(({ title, status }) => `${title} ${status === 0 ? 'cut off' : status}`).join(', ')
    await row('note', `sent ${counted(canaries, 'canary', 'canaries')}: ${statuses}`, out)
    const looked = `${counted(appended.trail, 'byte')} in the trail, ${counted(appended.logs, 'byte')} in logs`
    if (arrived.length > 0) await leaks('the application', arrived, out)
    else if (ok) await row('ok', `none arrived in what was written: ${looked}`, out)
    else {
      const text =
        'nothing was written to the trail or the logs while the requests were answered: wrong --dir or --logs?'
      await row('weak', text, out)
    }
    if (bounded) await row('note', 'more was written than is looked at; what lies beyond is not known', out)
  }
  return ok ? exitCodes.ok : exitCodes.finding
}

async function leaks(name: string, arrived: readonly Arrival[], out: Screen): Promise<void> {
  await row('LEAK', `${name.trimEnd()}: ${counted(arrived.length, 'canary', 'canaries')} arrived`, out)
  for (const { canary, where, spelling, excerpt } of arrived) {
    await out.write(`      ${printable(`${canary}, ${spelling}, in ${where}`)}\n`)
    await out.write(`        ${out.paint('dim', printable(excerpt))}\n`)
  }
}

const styles = { ok: 'green', note: 'cyan', weak: 'yellow', LEAK: 'red' } as const

async function row(state: keyof typeof styles, text: string, out: Screen): Promise<void> {
  await out.write(`${out.paint(styles[state], state.padEnd(4))}  ${printable(text)}\n`)
}

async function writeJson(answer: object, out: Screen): Promise<void> {
  const json = JSON.stringify(answer)
  await out.write(`${out.tty ? printableJson(json) : json}\n`)
}
