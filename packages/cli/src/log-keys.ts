/** `trailmark keys log` and `trailmark keys epochs`: the keys that sign checkpoints. Public halves only. */
import { hash, randomUUID } from 'node:crypto'
import { asId } from '@trailmark/core'
import { listEpochKeys, listLogKeys, rotateLogKey } from '@trailmark/keys'
import type { Invocation } from './command.ts'
import { type ExitCode, exitCodes } from './errors.ts'
import { type KeyChange, recorded } from './key-change.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

/** A new log key, on record before and after. The old private key is gone when this returns. */
export async function rotateLog(change: KeyChange): Promise<ExitCode> {
  const { keysDir, reason, operator, terminal, invocation } = change
  const said = { actor: operator.actor, reason, operationId: randomUUID() }
  const common = { store: 'file', purpose: 'signing' } as const
  await recorded(change, operator.audit.record('key_rotated', { ...said, phase: 'attempt', metadata: common }).durable)
  const { previous, current } = rotateLogKey(keysDir, { now: terminal.now })
  const metadata = { ...common, key_id: asId(keyId(current)), previous_key_id: asId(keyId(previous)) }
  await recorded(change, operator.audit.record('key_rotated', { ...said, phase: 'result', metadata }).durable)
  const text = `checkpoints are signed with ${current} from the next start of each service on
${previous} is destroyed; whoever pinned it goes on verifying with it, or pins the new one
`
  await terminal.out.write(invocation.flag('json') ? `${JSON.stringify({ previous, current })}\n` : text)
  return exitCodes.ok
}

/** The row of log keys, newest first. */
export async function listLog(keysDir: string, invocation: Invocation, { out }: Terminal): Promise<ExitCode> {
  const keys = listLogKeys(keysDir)
  if (invocation.flag('json')) {
    await out.write(`${JSON.stringify({ keys })}\n`)
    return exitCodes.ok
  }
  await out.write(`${'PUBLIC KEY'.padEnd(44)}  ${'SINCE'.padEnd(10)}  STATE\n`)
  for (const { publicKey, since = '', current } of keys) {
    const state = current ? 'signs checkpoints' : 'destroyed, still good for pinning'
    await out.write(`${publicKey}  ${since.slice(0, 10).padEnd(10)}  ${state}\n`)
  }
  return exitCodes.ok
}

/** The epochs under way, by writer. */
export async function listEpochs(keysDir: string, invocation: Invocation, { out }: Terminal): Promise<ExitCode> {
  const keys = listEpochKeys(keysDir)
  if (invocation.flag('json')) {
    await out.write(`${JSON.stringify({ keys })}\n`)
    return exitCodes.ok
  }
  await out.write(`${'STREAM'.padEnd(12)}  ${'WRITER'.padEnd(14)}  ${'SINCE'.padEnd(20)}  PUBLIC KEY\n`)
  for (const { stream, writer, created, publicKey = 'damaged: this writer will not be continued' } of keys) {
    const since = created === undefined ? '' : `${new Date(created).toISOString().slice(0, 19)}Z`
    await out.write(`${printable(stream).padEnd(12)}  ${printable(writer)}  ${since.padEnd(20)}  ${publicKey}\n`)
  }
  return exitCodes.ok
}

/** Names a key in records, where a whole public key has no place. */
function keyId(publicKey: string): string {
  return hash('sha256', Buffer.from(publicKey, 'base64'), 'hex').slice(0, 16)
}
