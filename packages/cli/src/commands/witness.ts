/** `trailmark witness`: remembers the newest checkpoint of somebody else's logs, and cosigns only what continues it. */
import { resolve } from 'node:path'
import { openWitness, type ServedWitness, serveWitness, type Witness, WitnessError } from '@trailmark/witness'
import type { Command, Invocation } from '../command.ts'
import { type ExitCode, exitCodes, usageError } from '../errors.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'
import { counted } from '../verify-text.ts'
import { readVkeys } from '../witness/read-vkeys.ts'
import { trailVkeys } from '../witness/trail-vkeys.ts'

const dirDefault = '.trailmark-witness'
const listenDefault = '127.0.0.1:4747'
const sameTextMs = 60_000
const textsMax = 1_000

export const witnessCommand: Command = {
  name: 'witness',
  summary: "Run a witness of somebody else's logs: it cosigns what continues a log, and nothing else.",
  usage: 'trailmark witness --log <vkey> [options] | --of <trail>',
  positionals: [],
  options: {
    dir: { type: 'string', value: 'path', help: `its key and what it remembers; default ./${dirDefault}` },
    name: { type: 'string', value: 'name', help: 'the name it signs under, such as witness.example/w1; needed once' },
    log: {
      type: 'string',
      multiple: true,
      value: 'vkey',
      help: 'a log to sign for: <name>+<id>+<base64>, or a file of such lines; the name of a stream stands for its writers',
    },
    'any-origin': {
      type: 'boolean',
      help: 'sign for every origin that the keys of --log speak for, not only their own',
    },
    listen: { type: 'string', value: 'host:port', help: `where to listen, in plain HTTP; default ${listenDefault}` },
    prefix: { type: 'string', value: 'path', help: 'path in front of /add-checkpoint; default none' },
    of: {
      type: 'string',
      value: 'trail',
      help: 'instead: print the keys by which a witness knows the logs of this trail',
    },
  },
  example: `trailmark witness --name witness.example/w1 --log clinic-logs.txt

witness.example/w1+d9ed62c5+BO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR
cosigns for 1 key at http://127.0.0.1:4747/add-checkpoint`,

  async run(invocation, terminal) {
    const of = invocation.text('of')
    if (of !== undefined) return printVkeys(resolve(terminal.cwd, of), invocation, terminal)
    const logs = await readVkeys(invocation.texts('log'), terminal.cwd)
    if (logs.length === 0)
      throw usageError('witness: name a log with --log; whoever runs it gets its key from witness --of')
    const address = addressFrom(invocation.text('listen') ?? listenDefault)
    // Once another process has the directory, this one can only do harm.
    const lost = new AbortController()
    const served = await start(invocation, terminal, { logs, address, lost })
    try {
      const { vkey, url } = served
      const text = `${printable(vkey)}\ncosigns for ${counted(logs.length, 'key')} at ${url}/add-checkpoint\n`
      await terminal.out.write(invocation.flag('json') ? `${JSON.stringify({ vkey, url, logs })}\n` : text)
      await aborted(AbortSignal.any([terminal.signal, lost.signal]))
    } finally {
      await served.close()
    }
    lost.signal.throwIfAborted()
    return exitCodes.ok
  },
}

interface Start {
  readonly logs: readonly string[]
  readonly address: { readonly host: string; readonly port: number }
  readonly lost: AbortController
}

async function start(
  invocation: Invocation,
  terminal: Terminal,
  { logs, address, lost }: Start,
): Promise<ServedWitness & { readonly vkey: string }> {
  const name = invocation.text('name')
  const isNews = newsOf(terminal)
  let witness: Witness | undefined
  try {
    witness = await openWitness({
      dir: resolve(terminal.cwd, invocation.text('dir') ?? dirDefault),
      ...(name !== undefined && { name }),
      logs,
      anyOrigin: invocation.flag('any-origin'),
      onTrouble(error) {
        const text = `${printable(error.message)} (${error.code})`
        if (isNews(text)) terminal.note(`${new Date(terminal.now()).toISOString()} ${text}`)
        if (error.code === 'WITNESS_HELD') lost.abort(error)
      },
    })
    const served = await serveWitness({ witness, ...address, prefix: invocation.text('prefix') ?? '' })
    return { ...served, vkey: witness.vkey }
  } catch (error) {
    await witness?.close()
    if (!(error instanceof WitnessError)) throw error
    if (error.code === 'WITNESS_NAME_NEEDED') throw usageError(`witness: ${error.message}; give --name`)
    throw error.code === 'WITNESS_OPTION_INVALID' ? usageError(`witness: --${error.message}`) : error
  }
}

async function printVkeys(root: string, invocation: Invocation, { out }: Terminal): Promise<ExitCode> {
  const logs = await trailVkeys(root)
  const text = logs.map((vkey) => `${printable(vkey)}\n`).join('')
  await out.write(invocation.flag('json') ? `${JSON.stringify({ logs })}\n` : text)
  return exitCodes.ok
}

/** Anybody can send the same note again and again, and must not fill the disk with lines about it: one a minute is said. */
function newsOf({ now }: Terminal): (text: string) => boolean {
  const said = new Map<string, number>()
  return (text) => {
    const before = said.get(text)
    if (before !== undefined && Math.abs(now() - before) < sameTextMs) return false
    if (said.size >= textsMax) said.clear()
    said.set(text, now())
    return true
  }
}

/** `host:port`, `[::1]:port` or `:port` for every address of this machine. */
function addressFrom(text: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):(\d{1,5})$/.exec(text)
  const port = Number(parts?.[3])
  if (!parts || port > 65_535) throw usageError(`--listen: ${JSON.stringify(text)} is not host:port`)
  return { host: parts[1] ?? (parts[2] || '::'), port }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    // A server alone keeps the process alive; nothing else has to.
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
