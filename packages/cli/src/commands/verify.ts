/** `trailmark verify`: is every byte as it was signed, and is nothing missing. Needs public keys at most; works on copies. */
import { resolve } from 'node:path'
import type { StreamReport, VerifyReport } from '@trailmark/ledger/verify'
import { LedgerError, verify } from '@trailmark/ledger/verify'
import { findUnfinished, type UnfinishedOperation } from '@trailmark/query'
import { readTextFile } from '../anchor/anchors-from.ts'
import type { Command } from '../command.ts'
import { CliError, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { readHeldRoots } from '../held-roots.ts'
import { locate, locationOptions } from '../location.ts'
import { printable, printableJson } from '../printable.ts'
import { progressBar } from '../progress.ts'
import { readPublicKey } from '../public-key.ts'
import type { Terminal } from '../terminal.ts'
import { streamLines, verdictLine } from '../verify-text.ts'
import { readVkeys } from '../witness/read-vkeys.ts'

/** What `--json` prints; a superset of the verifier's own report. */
interface VerifyAnswer extends VerifyReport {
  /** Whether somebody outside, whom --witness or --tsa named, vouches for every stream that has entries. */
  readonly anchored: boolean
  /** Whether --witness or --tsa named somebody, and none of them vouches for anything that is here. */
  readonly unvouched: boolean
  /** How many roots kept elsewhere it was compared with. */
  readonly held: number
  readonly unfinished: readonly UnfinishedOperation[] | { readonly unreadable: string }
}

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Check that no record was altered and none is missing; works on a copy, offline.',
  usage: 'trailmark verify [dir] [options]',
  positionals: ['dir'],
  options: {
    ...(locationOptions.dir && { dir: locationOptions.dir }),
    key: {
      type: 'string',
      short: 'k',
      multiple: true,
      value: 'key',
      help: 'public key that must have signed: base64, or a file with it; without one the trail vouches for itself',
    },
    since: {
      type: 'string',
      multiple: true,
      value: 'file',
      help: 'what verify --json printed earlier, or the notes an anchor kept: the trail must still hold everything in it, unchanged',
    },
    witness: {
      type: 'string',
      multiple: true,
      value: 'vkey',
      help: 'a witness to trust, by its verifier key or a file of them: its signatures beside the anchor log then count',
    },
    tsa: {
      type: 'string',
      multiple: true,
      value: 'pem',
      help: 'a file with the certificate of a timestamp authority to trust: its tokens beside the anchor log then count',
    },
  },
  example: `trailmark verify /mnt/copy --key log.pub

clinic  audit.standard  w-3f9c1e7a22b0  1,204 records  root 8c1f2a90b3d4  integrity ok, signature ok  complete
intact and complete: 1 stream, 1,204 records; unanchored`,

  async run(invocation, terminal) {
    const [positional] = invocation.positionals
    if (positional !== undefined && invocation.text('dir') !== undefined)
      throw usageError('the directory is given twice: as an argument and with --dir')
    const publicKeys = await Promise.all(invocation.texts('key').map((text) => readPublicKey(text, terminal.cwd)))
    const heldRoots = (
      await Promise.all(invocation.texts('since').map((text) => readHeldRoots(text, terminal.cwd)))
    ).flat()
    const witnesses = await readVkeys(invocation.texts('witness'), terminal.cwd, 'witness')
    const timestampCertificates = await Promise.all(
      invocation.texts('tsa').map((path) => readTextFile('tsa', resolve(terminal.cwd, path))),
    )
    const { root } = await locate(invocation, terminal, positional)
    const progress = progressBar('verify', terminal.err, terminal.now)
    const { signal } = terminal
    let answer: VerifyAnswer
    try {
      const keys = publicKeys.length > 0 ? { publicKeys } : {}
      const anchors = { witnesses, timestampCertificates }
      const report = await verify(root, { ...keys, ...anchors, heldRoots, signal, onProgress: progress.update })
      if (report.streams.length === 0 && heldRoots.length === 0)
        throw new CliError('CLI_NOT_FOUND', `no ledger below ${root}`)
      const anchored = report.streams.every((one) => one.entries === 0 || one.anchored)
      const isNamed = witnesses.length + timestampCertificates.length > 0
      const unvouched = isNamed && !report.streams.some((one) => one.anchored)
      answer = {
        ...report,
        anchored,
        unvouched,
        held: heldRoots.length,
        unfinished: await unfinishedIn(root, terminal),
      }
    } catch (error) {
      throw asUsage(error)
    } finally {
      progress.clear()
    }
    const code = exitCodeOf(answer)
    if (invocation.flag('json')) {
      const json = JSON.stringify({ ...answer, ok: code === exitCodes.ok })
      await terminal.out.write(`${terminal.out.tty ? printableJson(json) : json}\n`)
      return code
    }
    await print(answer, terminal)
    return code
  },
}

/** A damaged trail may not be readable to the end; that is already a finding, and this question stays open. */
async function unfinishedIn(root: string, { now, signal }: Terminal): Promise<VerifyAnswer['unfinished']> {
  try {
    return await findUnfinished(root, now(), { signal })
  } catch (error) {
    if (signal.aborted) throw error
    return { unreadable: error instanceof Error ? error.message : 'unknown failure' }
  }
}

/** A read that was killed says that it began and not how many rows it showed: worth a note, not an alarm. */
export function isFinding({ running, event }: UnfinishedOperation): boolean {
  return !running && event !== 'audit_log_read'
}

function exitCodeOf(answer: VerifyAnswer): ExitCode {
  const { unfinished } = answer
  const open = 'unreadable' in unfinished || unfinished.some(isFinding)
  // Whoever removes the anchor log leaves a trail that is sound in itself.
  return answer.ok && !open && !answer.unvouched ? exitCodes.ok : exitCodes.finding
}

async function print(answer: VerifyAnswer, { out }: Terminal): Promise<void> {
  const widths = (of: (stream: StreamReport) => string) =>
    Math.max(0, ...answer.streams.map((stream) => of(stream).length))
  const service = widths(({ service }) => printable(service))
  const stream = widths(({ stream, retentionClass }) => printable(`${stream}.${retentionClass}`))
  for (const report of answer.streams)
    await out.write(`${streamLines(report, answer.pinned, { service, stream }, out).join('\n')}\n`)
  for (const origin of answer.lost)
    await out.write(`  ${out.paint('red', 'gone')}: ${printable(origin)}, which a kept root or the anchor log names\n`)
  const { unfinished } = answer
  if ('unreadable' in unfinished) {
    await out.write(
      `${out.paint('yellow', 'attempts without results were not checked')}: ${printable(unfinished.unreadable)}\n`,
    )
  } else {
    for (const one of unfinished) {
      const { position, event, operationId, timestamp, running } = one
      const what = running ? 'attempt, may still be running' : 'attempt without result'
      const where = printable(`${event} ${operationId} at ${timestamp}, ${position.dir} n ${position.n}`)
      await out.write(`  ${out.paint(isFinding(one) ? 'red' : 'dim', what)}: ${where}\n`)
    }
  }
  const open = 'unreadable' in unfinished ? 0 : unfinished.filter(isFinding).length
  await out.write(
    `${verdictLine(answer, { held: answer.held, unfinished: open, unvouched: answer.unvouched, ok: exitCodeOf(answer) === exitCodes.ok }, out)}\n`,
  )
}

/** What a verifier says of its options, in the words of the command line. */
function asUsage(error: unknown): unknown {
  if (!(error instanceof LedgerError) || error.code !== 'LEDGER_OPTION_INVALID') return error
  return usageError(error.message.replace(/^timestampCertificates/, '--tsa').replace(/^witnesses/, '--witness'))
}
