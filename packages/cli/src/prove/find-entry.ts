/** Which entry of which ledger is meant: by a record's id, by its ledger and n, or by n alone where there is one ledger. */
import { realpath } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { findStreams, type StreamInfo } from '@trailmark/ledger'
import { findRecord } from '@trailmark/query'
import { CliError, usageError } from '../errors.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

export interface EntryPlace {
  readonly dir: string
  readonly origin: string
  readonly n: number
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const index = /^(0|[1-9][0-9]{0,14})$/
const place = /^([^\s]{1,500})\/(0|[1-9][0-9]{0,14})$/

/** Throws CLI_USAGE for what names no entry, CLI_NOT_FOUND. */
export async function findEntry(
  text: string,
  root: string,
  writer: string | undefined,
  { cwd, signal }: Terminal,
): Promise<EntryPlace> {
  if (uuid.test(text)) {
    if (writer !== undefined) throw usageError('prove: a record is found by its id alone; leave --writer out')
    const found = await findRecord(root, { id: text.toLowerCase() }, { signal })
    if (!found) throw new CliError('CLI_NOT_FOUND', `no record with the id ${text} below ${root}`)
    const { dir, n } = found.record.position
    return { ...(await findWriter(root, dir, cwd)), n }
  }
  const [, ledger, behind] = place.exec(text) ?? []
  if (ledger !== undefined && writer !== undefined) throw usageError('prove: the ledger is named twice')
  const n = index.test(text) ? text : behind
  if (n === undefined)
    throw usageError(
      'prove: a record is named by its id, by its ledger and n (w-3f9c1e7a22b0/40), or by n with --writer',
    )
  return { ...(await findWriter(root, ledger ?? writer, cwd)), n: Number(n) }
}

/**
 * The one ledger below `root` that `name` means: its directory, or its name there from a `/` on. Without a name there must
 * be only one. Throws CLI_USAGE, CLI_NOT_FOUND.
 */
export async function findWriter(
  root: string,
  name: string | undefined,
  cwd: string,
): Promise<{ readonly dir: string; readonly origin: string }> {
  if (name !== undefined) {
    const real = await realpath(resolve(cwd, name)).catch(() => undefined)
    const [given] =
      real === undefined ? [] : (await findStreams(real).catch(() => [])).filter(({ dir }) => dir === real)
    if (given) return given
  }
  const all = await findStreams(root)
  const nameIn = ({ dir }: StreamInfo) => relative(root, dir).split(sep).join('/')
  const meant = all.filter((one) => {
    const path = nameIn(one) || one.writer
    return name === undefined || path === name || path.endsWith(`/${name}`) || one.writer === name
  })
  const [only] = meant
  if (only && meant.length === 1) return only
  if (meant.length > 1) {
    const names = meant.slice(0, 10).map((one) => printable(nameIn(one)))
    throw usageError(`prove: several ledgers are meant, say which with --writer: ${names.join(', ')}`)
  }
  throw new CliError('CLI_NOT_FOUND', `no ledger ${name === undefined ? '' : `${printable(name)} `}below ${root}`)
}
