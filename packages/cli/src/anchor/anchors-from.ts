/** The anchors that a command line names: the same as `@trailmark/ledger/anchors` makes, a new set for each service. */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Anchor, fileAnchor, gitAnchor, timestampAnchor, webhookAnchor, witness } from '@trailmark/ledger/anchors'
import type { Invocation, OptionTable } from '../command.ts'
import { CliError, usageError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'

const secretVariable = 'TRAILMARK_WEBHOOK_SECRET'
const fileBytesMax = 1_048_576

export const anchorOptions: OptionTable = {
  witness: { type: 'string', multiple: true, value: 'url,vkey', help: 'a C2SP witness and its verifier key' },
  file: { type: 'string', multiple: true, value: 'path', help: 'a directory on another volume' },
  git: {
    type: 'string',
    multiple: true,
    value: 'path[,remote]',
    help: 'a git repository, pushed where a remote is given',
  },
  webhook: {
    type: 'string',
    multiple: true,
    value: 'url',
    help: `an address that is posted to, signed with the secret in ${secretVariable}`,
  },
  tsa: {
    type: 'string',
    multiple: true,
    value: 'url[,pem]',
    help: 'an RFC 3161 timestamp authority, and a file with the certificate that vouches for it',
  },
}

/** What makes the anchors. Throws CLI_USAGE when there are none or one cannot be, CLI_NOT_FOUND for a missing certificate. */
export async function anchorsFrom(invocation: Invocation, { cwd, env }: Terminal): Promise<() => Anchor[]> {
  const makers: ((name: string | undefined) => Anchor)[] = []
  const named = (name: string | undefined): { name?: string } => (name === undefined ? {} : { name })
  for (const text of invocation.texts('witness')) {
    const [url, vkey] = split('witness', text)
    if (vkey === undefined) throw usageError('--witness: give its address and its verifier key: url,name+id+key')
    makers.push((name) => witness({ url, vkey, ...named(name) }))
  }
  for (const path of invocation.texts('file')) {
    if (path === '') throw usageError('--file: "" names nothing')
    makers.push((name) => fileAnchor({ path: resolve(cwd, path), ...named(name) }))
  }
  for (const text of invocation.texts('git')) {
    const [repository, remote] = split('git', text)
    makers.push((name) =>
      gitAnchor({ repository: resolve(cwd, repository), ...(remote && { remote }), ...named(name) }),
    )
  }
  for (const url of invocation.texts('webhook')) {
    const secret = env[secretVariable] ?? ''
    if (secret === '') throw usageError(`--webhook: put the secret shared with the receiver into ${secretVariable}`)
    makers.push((name) => webhookAnchor({ url, secret, ...named(name) }))
  }
  for (const text of invocation.texts('tsa')) {
    const [url, pem] = split('tsa', text)
    const certificate = pem === undefined ? undefined : await readTextFile('tsa', resolve(cwd, pem))
    makers.push((name) => timestampAnchor({ url, ...(certificate !== undefined && { certificate }), ...named(name) }))
  }
  if (makers.length === 0)
    throw usageError(
      `anchor: name an anchor with ${Object.keys(anchorOptions)
        .map((one) => `--${one}`)
        .join(', ')}`,
    )
  const make = (): Anchor[] => uniquelyNamed(makers)
  try {
    make()
  } catch (error) {
    throw usageError(`anchor: ${error instanceof Error ? error.message : String(error)}`)
  }
  return make
}

/** Two volumes are both called `file` by themselves; the second is then `file-2`. */
function uniquelyNamed(makers: readonly ((name: string | undefined) => Anchor)[]): Anchor[] {
  const anchors: Anchor[] = []
  for (const make of makers) {
    const own = make(undefined)
    const same = anchors.filter(({ name }) => name === own.name || name.startsWith(`${own.name}-`)).length
    anchors.push(same === 0 ? own : make(`${own.name.slice(0, 36)}-${same + 1}`))
  }
  return anchors
}

/** A comma does not belong to what stands before it: paths and addresses here have none. */
function split(option: string, text: string): [string, string | undefined] {
  const comma = text.indexOf(',')
  const [first, rest] = comma < 0 ? [text, undefined] : [text.slice(0, comma), text.slice(comma + 1)]
  if (first === '' || rest === '') throw usageError(`--${option}: ${JSON.stringify(text.slice(0, 200))} names nothing`)
  return [first, rest]
}

/** A small file, whole. Throws CLI_NOT_FOUND. */
export async function readTextFile(option: string, path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const bytes = Buffer.alloc(fileBytesMax + 1)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      if (bytesRead > fileBytesMax) throw new Error(`${path} is longer than ${fileBytesMax} bytes`)
      return bytes.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown failure'
    throw new CliError('CLI_NOT_FOUND', `--${option}: no file that can be read: ${why}`, { cause: error })
  }
}
