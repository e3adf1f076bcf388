/** `trailmark keys`: which keys there are, new token and log keys from now on, the end of monthly keys that are due. */
import { randomUUID } from 'node:crypto'
import { asId } from '@trailmark/core'
import { expireTokenKeys, listTokenKeys, monthlyKeyDays, openKeys, rotateTokenKey } from '@trailmark/keys'
import type { Command, Invocation } from '../command.ts'
import { type ExitCode, exitCodes, usageError } from '../errors.ts'
import { parseCount } from '../filter-options.ts'
import { type KeyChange, keyChangeReasons, openKeyAudit, reasonFrom, recorded } from '../key-change.ts'
import { locationOptions, placesOf } from '../location.ts'
import { listEpochs, listLog, rotateLog } from '../log-keys.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

const { dir: _dir, ...keysOption } = locationOptions

export const keysCommand: Command = {
  name: 'keys',
  summary:
    'List and rotate the keys of tokens and of the log, destroy monthly ones that are due; every change is recorded.',
  usage: 'trailmark keys token list|rotate|expire, keys log list|rotate, keys epochs [options]',
  positionals: ['kind', 'action'],
  options: {
    reason: { type: 'string', value: 'word', help: `why: ${keyChangeReasons}; default scheduled` },
    days: {
      type: 'string',
      value: 'count',
      help: `expire: days after the month, at least 1; default ${monthlyKeyDays}`,
    },
    ...keysOption,
  },
  example: `trailmark keys token rotate --reason compromised

new tokens are made with k7f3x0pa from the next start of each service on
tokens made with 9a2mqe41 are still found: the key stays, and is kept in backups with the others`,

  async run(invocation, terminal) {
    const [kind, action] = invocation.positionals
    if (kind !== 'token' && kind !== 'log' && kind !== 'epochs')
      throw usageError(
        "keys: say which: 'trailmark keys token list', 'rotate' or 'expire', 'keys log list' or 'rotate', 'keys epochs'",
      )
    const { configured, keysDir } = placesOf(invocation, terminal)
    const days = parseCount(invocation.text('days') ?? String(monthlyKeyDays), 'days', 1, 3_650)
    if (kind === 'epochs') {
      if (action !== undefined && action !== 'list') throw usageError("keys epochs: there is 'list'")
      return listEpochs(keysDir, invocation, terminal)
    }
    if (action === 'list')
      return kind === 'log' ? listLog(keysDir, invocation, terminal) : list(keysDir, days, invocation, terminal)
    if (kind === 'log' && action !== 'rotate') throw usageError("keys log: there are 'list' and 'rotate'")
    if (action !== 'rotate' && action !== 'expire')
      throw usageError("keys token: there are 'list', 'rotate' and 'expire'")
    const reason = reasonFrom(invocation)
    const keys = openKeys({ dir: keysDir, create: false })
    const operator = openKeyAudit({ configured }, keys)
    try {
      const change = { keysDir, days, reason, operator, invocation, terminal, configured }
      if (kind === 'log') return await rotateLog(change)
      return await (action === 'rotate' ? rotate : expire)(change)
    } finally {
      await operator.audit.close()
    }
  },
}

interface Change extends KeyChange {
  readonly days: number
}

async function rotate(change: Change): Promise<ExitCode> {
  const { keysDir, reason, operator, terminal, invocation } = change
  const said = { actor: operator.actor, reason, operationId: randomUUID() }
  const common = { store: 'file', purpose: 'token' } as const
  await recorded(change, operator.audit.record('key_rotated', { ...said, phase: 'attempt', metadata: common }).durable)
  const { previous, current } = rotateTokenKey(keysDir, { now: terminal.now })
  const metadata = { ...common, key_id: asId(current), previous_key_id: asId(previous) }
  await recorded(change, operator.audit.record('key_rotated', { ...said, phase: 'result', metadata }).durable)
  const text = `new tokens are made with ${current} from the next start of each service on
tokens made with ${previous} are still found: the key stays, and is kept in backups with the others
`
  await terminal.out.write(invocation.flag('json') ? `${JSON.stringify({ previous, current })}\n` : text)
  return exitCodes.ok
}

async function expire(change: Change): Promise<ExitCode> {
  const { keysDir, days, operator, terminal, invocation } = change
  const now = terminal.now()
  const due = listTokenKeys(keysDir, days).filter((key) => !key.current && key.due !== undefined && key.due <= now)
  const said = { actor: operator.actor, reason: 'expired' as const }
  const operations = due.map(({ kid }) => ({
    ...said,
    operationId: randomUUID(),
    metadata: { key_id: asId(kid), store: 'file', purpose: 'token' } as const,
  }))
  for (const one of operations)
    await recorded(change, operator.audit.record('key_destroyed', { ...one, phase: 'attempt' }).durable)
  const destroyed = due.length === 0 ? [] : expireTokenKeys(keysDir, now, days)
  for (const one of operations)
    await recorded(change, operator.audit.record('key_destroyed', { ...one, phase: 'result' }).durable)
  const text =
    destroyed.length === 0
      ? `no monthly key is due: each is kept for ${days} days after its month\n`
      : `destroyed ${destroyed.join(', ')}: addresses and devices of these months can no longer be compared; destroy them in backups too\n`
  await terminal.out.write(invocation.flag('json') ? `${JSON.stringify({ destroyed })}\n` : text)
  return exitCodes.ok
}

async function list(keysDir: string, days: number, invocation: Invocation, { out }: Terminal): Promise<ExitCode> {
  const keys = listTokenKeys(keysDir, days)
  if (invocation.flag('json')) {
    await out.write(`${JSON.stringify({ keys })}\n`)
    return exitCodes.ok
  }
  await out.write(`${'KEY'.padEnd(8)}  ${'SCOPE'.padEnd(7)}  ${'CREATED'.padEnd(10)}  STATE\n`)
  for (const { kid, scope, created, current, due } of keys) {
    const state = current ? 'makes new tokens' : due === undefined ? 'for look-up' : `for look-up, due ${day(due)}`
    await out.write(`${printable(kid)}  ${scope.padEnd(7)}  ${day(created)}  ${state}\n`)
  }
  return exitCodes.ok
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
