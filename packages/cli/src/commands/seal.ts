/** `trailmark seal`: asks whoever writes a trail to seal what it holds so far and to go on behind it. */
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sealRequestFile } from '@trailmark/core'
import { findLiveSegment, findSealed, findStreams, type SealedSegment, type StreamInfo } from '@trailmark/ledger'
import type { Command } from '../command.ts'
import { CliError, exitCodes, usageError } from '../errors.ts'
import { locate, locationOptions } from '../location.ts'
import { printable, printableJson } from '../printable.ts'

/** Processes look once a second; then the segment is read back and signed. */
const waitMsMax = 10_000
const pollMs = 100
/** Written by the anchoring itself, which is not what somebody wants to preserve. */
const anchorStream = 'anchor'

interface Asked {
  readonly stream: StreamInfo
  readonly first: number
  sealed?: SealedSegment
}

export const sealCommand: Command = {
  name: 'seal',
  summary: 'Seal and switch: what was recorded so far is signed and write-protected, recording goes on behind it.',
  usage: 'trailmark seal [dir] [options]',
  positionals: ['dir'],
  options: { ...(locationOptions.dir && { dir: locationOptions.dir }) },
  example: `trailmark seal

clinic  audit.standard  w-3f9c1e7a22b0  sealed seg/000000065536.jsonl, entries 65536 to 66740  sha256 8c1f2a90b3d4…
sealed 1 of 1 ledgers; each is on record as log_rotated`,

  async run(invocation, terminal) {
    const [positional] = invocation.positionals
    if (positional !== undefined && invocation.text('dir') !== undefined)
      throw usageError('the directory is given twice: as an argument and with --dir')
    const { root } = await locate(invocation, terminal, positional)
    const asked = await findLive(root)
    if (asked.length === 0) throw new CliError('CLI_NOT_FOUND', `nobody writes to a ledger below ${root}`)
    const request = `${JSON.stringify({ time: new Date(terminal.now()).toISOString() })}\n`
    for (const dir of new Set(asked.map(({ stream }) => serviceDirOf(stream))))
      await writeFile(join(dir, sealRequestFile), request)
    await awaitSeals(asked, terminal.signal)
    const done = asked.filter((one) => one.sealed)
    const code = done.length === asked.length ? exitCodes.ok : exitCodes.failure
    const { out } = terminal
    const json = (): string => JSON.stringify({ ok: code === exitCodes.ok, ledgers: asked.map(asJson) })
    if (invocation.flag('json')) await out.write(`${out.tty ? printableJson(json()) : json()}\n`)
    else
      await out.write(
        `${[...asked.map(asLine), `sealed ${done.length} of ${asked.length} ledgers; each is on record as log_rotated`].join('\n')}\n`,
      )
    return code
  },
}

async function findLive(root: string): Promise<Asked[]> {
  const asked: Asked[] = []
  for (const stream of await findStreams(root)) {
    if (stream.stream === anchorStream) continue
    const first = await findLiveSegment(stream.dir)
    if (first !== undefined) asked.push({ stream, first })
  }
  return asked
}

/** `<service>/<stream>.<class>/<writer>` is what a stream's directory ends in. */
function serviceDirOf(stream: StreamInfo): string {
  return dirname(dirname(stream.dir))
}

async function awaitSeals(asked: readonly Asked[], signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMsMax && !signal.aborted; waitedMs += pollMs) {
    for (const one of asked) {
      const sealed = one.sealed ?? (await findSealed(one.stream.dir, one.first))
      if (sealed) one.sealed = sealed
    }
    if (asked.every((one) => one.sealed)) return
    await sleep(pollMs, undefined, { signal }).catch(() => {})
  }
}

function asJson({ stream, first, sealed }: Asked): object {
  const { dir, service, stream: name, retentionClass, writer } = stream
  return { dir, service, stream: name, retentionClass, writer, first, ...(sealed && { sealed }) }
}

function asLine({ stream, sealed }: Asked): string {
  const { service, stream: name, retentionClass, writer } = stream
  const who = `${service}  ${name}.${retentionClass}  ${writer}`
  const what = sealed
    ? `sealed ${sealed.file}, entries ${sealed.first} to ${sealed.next - 1}  sha256 ${sealed.sha256}`
    : `not sealed within ${waitMsMax / 1000} s: the process that holds it is gone, stuck or of an older version`
  return printable(`${who}  ${what}`)
}
