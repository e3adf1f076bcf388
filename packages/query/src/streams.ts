/** The ledgers below a root, each with the name that positions and people use for it. */
import { relative, sep } from 'node:path'
import { findStreams, LedgerError, type StreamInfo } from '@trailmark/ledger'
import { QueryError } from './errors.ts'

export interface NamedStream {
  readonly info: StreamInfo
  /** The ledger's directory below the root, with `/`; the writer's name where the root is the ledger itself. */
  readonly name: string
}

/** Every ledger below `root`, by name. Throws QUERY_NO_STREAMS where there is none. */
export async function streamsIn(root: string): Promise<readonly NamedStream[]> {
  const streams = await namedStreams(root)
  if (streams.length === 0) throw new QueryError('QUERY_NO_STREAMS', `no ledger below ${root}`)
  return streams
}

/** The same, where none is an answer too. */
export async function namedStreams(root: string): Promise<readonly NamedStream[]> {
  let found: readonly StreamInfo[]
  try {
    found = await findStreams(root)
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LEDGER_DIR_MISSING') return []
    throw error
  }
  return found
    .map((info) => ({ info, name: relative(root, info.dir).split(sep).join('/') || info.writer }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
