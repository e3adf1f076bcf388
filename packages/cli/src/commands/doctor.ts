/** `trailmark doctor`: what is weak about this set-up, and what to do about it. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runCanaries } from '../canary/run.ts'
import { askRunning, localUrl } from '../canary/running.ts'
import type { Command, Invocation } from '../command.ts'
import { tellPaths, tellRunning } from '../doctor/canary-text.ts'
import { type Finding, note, type Patient } from '../doctor/finding.ts'
import { checkKeys } from '../doctor/keys.ts'
import { checkLedgers } from '../doctor/ledgers.ts'
import { checkPlatform } from '../doctor/platform.ts'
import { CliError, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { locationOptions, placesOf } from '../location.ts'
import { printable, printableJson } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Say what is weak about keys, ledgers and platform, and what to do about it.',
  usage: 'trailmark doctor [options]',
  positionals: [],
  options: {
    ...locationOptions,
    all: { type: 'boolean', short: 'a', help: 'also what was looked at and is as it should be' },
    canary: {
      type: 'boolean',
      help: 'instead: send made-up secrets through everything that writes, in a directory of their own, and look for them',
    },
    url: {
      type: 'string',
      value: 'url',
      help: 'with --canary: send them to this application on this machine (GET and POST), and look in its trail and logs',
    },
    logs: {
      type: 'string',
      multiple: true,
      value: 'path',
      help: 'with --url: log files or directories to look in, besides the trail',
    },
  },
  example: `trailmark doctor

weak  keys_in_git_tree  the keys lie in the git tree /srv/clinic
      Move them out: set TRAILMARK_KEYS_DIR to a directory outside of any repository.
weak  no_anchor         no anchor for clinic: whoever holds the keys could rewrite or cut the trail unseen
      Give the service anchors, or run trailmark anchor; at least keep what trailmark verify --json prints elsewhere.
2 weak, 1 worth knowing, 9 as they should be`,

  async run(invocation, terminal) {
    const url = invocation.text('url')
    const logs = invocation.texts('logs')
    if (invocation.flag('canary')) return canary(url, logs, invocation, terminal)
    if (url !== undefined || logs.length > 0) throw usageError('doctor: --url and --logs go with --canary')
    const { root, keysDir } = placesOf(invocation, terminal)
    const { cwd, env, signal } = terminal
    const patient: Patient = { root, keysDir, cwd, env, nowMs: terminal.now() }
    const exists = await stat(root).then(
      () => true,
      () => false,
    )
    const findings = [
      ...(await checkKeys(patient)),
      ...(exists ? await checkLedgers(patient, signal) : [note('no_ledgers', `there is no trail at ${root} yet`)]),
      ...(await checkPlatform(patient)),
    ]
    const code: ExitCode = findings.some(({ state }) => state === 'weak') ? exitCodes.finding : exitCodes.ok
    if (invocation.flag('json')) {
      const json = JSON.stringify({ ok: code === exitCodes.ok, root, keysDir, findings })
      await terminal.out.write(`${terminal.out.tty ? printableJson(json) : json}\n`)
    } else await print(findings, invocation.flag('all'), terminal)
    return code
  },
}

async function canary(
  url: string | undefined,
  logs: readonly string[],
  invocation: Invocation,
  terminal: Terminal,
): Promise<ExitCode> {
  const { out, signal, cwd } = terminal
  const json = invocation.flag('json')
  if (url === undefined) {
    if (logs.length > 0) throw usageError('doctor: --logs goes with --url')
    const results = await runCanaries(signal)
    if (signal.aborted) throw new CliError('CLI_INTERRUPTED', 'stopped before every path was tried')
    return tellPaths(results, json, out)
  }
  const { root } = placesOf(invocation, terminal)
  const question = { url: localUrl(url), trail: root, logs: logs.map((path) => resolve(cwd, path)), signal }
  return tellRunning(await askRunning(question), json, out)
}

const styles = { ok: 'green', note: 'cyan', weak: 'yellow' } as const

async function print(findings: readonly Finding[], all: boolean, { out }: Terminal): Promise<void> {
  const order = { weak: 0, note: 1, ok: 2 }
  const shown = findings.filter(({ state }) => all || state !== 'ok').sort((a, b) => order[a.state] - order[b.state])
  const width = Math.max(0, ...shown.map(({ name }) => name.length))
  for (const { name, state, text, advice } of shown) {
    await out.write(`${out.paint(styles[state], state.padEnd(4))}  ${name.padEnd(width)}  ${printable(text)}\n`)
    if (advice !== undefined) await out.write(`      ${out.paint('dim', advice)}\n`)
  }
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length
  await out.write(`${count('weak')} weak, ${count('note')} worth knowing, ${count('ok')} as they should be\n`)
}
