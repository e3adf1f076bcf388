/** `prove --check`: a proof and a line out of files, against keys that came another way. Needs no trail and no network. */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type CheckedProof, checkProof, LedgerError } from '@trailmark/ledger/prove'
import type { Invocation } from '../command.ts'
import { CliError, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { printable, printableJson } from '../printable.ts'
import { readPublicKey } from '../public-key.ts'
import type { Terminal } from '../terminal.ts'
import { counted } from '../verify-text.ts'
import { readVkeys } from '../witness/read-vkeys.ts'

/** More than any line or proof has: their own parsers say what is too long. */
const fileBytesMax = 1 << 20
const lineFeed = 0x0a

export async function checkFiles(path: string, invocation: Invocation, terminal: Terminal): Promise<ExitCode> {
  const linePath = invocation.text('line')
  const keys = invocation.texts('key')
  if (linePath === undefined) throw usageError('prove --check: give the record with --line, as it stands in the ledger')
  if (keys.length === 0) throw usageError('prove --check: say with --key whose signature is to be believed')
  const stray = ['out', 'writer', 'dir'].find((name) => invocation.text(name) !== undefined)
  if (stray !== undefined) throw usageError(`prove: --${stray} does not go with --check`)
  if (invocation.flag('cosigned')) throw usageError('prove: --cosigned does not go with --check; see --witness')
  const publicKeys = await Promise.all(keys.map((text) => readPublicKey(text, terminal.cwd)))
  const proof = await readFileStart(resolve(terminal.cwd, path))
  const bytes = await readFileStart(resolve(terminal.cwd, linePath))
  // The one line feed that ends a line in its file is not part of it.
  const line = bytes.at(-1) === lineFeed ? bytes.subarray(0, -1) : bytes
  const origin = invocation.text('origin')
  const witnesses = await readVkeys(invocation.texts('witness'), terminal.cwd, 'witness')
  const rotations = await Promise.all(
    invocation.texts('rotation').map((file) => readFileStart(resolve(terminal.cwd, file))),
  )
  const options = { publicKeys, rotations, witnesses, ...(origin !== undefined && { origin }) }
  try {
    return await tell(checkProof(proof, { line }, options), invocation, terminal)
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    if (error.code === 'LEDGER_OPTION_INVALID') throw usageError(`prove --check: ${error.message}`)
    return refuse(error, invocation, terminal)
  }
}

async function tell(checked: CheckedProof, invocation: Invocation, { out }: Terminal): Promise<ExitCode> {
  const { origin, index, size, root, witnessed, extra } = checked
  const key = Buffer.from(checked.publicKey).toString('base64')
  if (invocation.flag('json')) {
    const more = { witnessed, ...(extra && { extra: Buffer.from(extra).toString('base64') }) }
    const json = JSON.stringify({ ok: true, origin, index, size, root, key, ...more })
    await out.write(`${out.tty ? printableJson(json) : json}\n`)
    return exitCodes.ok
  }
  const lines = [
    `${out.paint(['bold', 'green'], 'proved')}: this line is entry ${index} of ${printable(origin)}`,
    `signed with ${key} over ${counted(size, 'record')}, root ${root.slice(0, 12)}`,
    ...witnessed.map(({ name, timeS }) => `seen by ${printable(name)} at ${timeOf(timeS)}`),
    ...(extra ? [`with ${counted(extra.length, 'byte')} beside it that nobody signed`] : []),
  ]
  await out.write(`${lines.join('\n')}\n`)
  return exitCodes.ok
}

async function refuse(error: LedgerError, invocation: Invocation, { out }: Terminal): Promise<ExitCode> {
  const { code, message } = error
  const json = JSON.stringify({ ok: false, code, message })
  const text = `${out.paint(['bold', 'red'], 'NOT PROVED')}: ${printable(message)} (${code})`
  await out.write(`${invocation.flag('json') ? (out.tty ? printableJson(json) : json) : text}\n`)
  return exitCodes.finding
}

/** A witness may state any second; what no calendar holds stays a number. */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString()
}

async function readFileStart(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(fileBytesMax), 0, fileBytesMax, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown failure'
    throw new CliError('CLI_NOT_FOUND', `${printable(path)} cannot be read: ${reason}`, { cause: error })
  }
}
