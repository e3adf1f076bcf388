/** The ledgers below a root, each with the name that positions and people use for it. */
import { readdir } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { findStreams, LedgerError, type StreamInfo } from '@trailmark/ledger'
import { QueryError } from './errors.ts'
import type { MalformedLine } from './record.ts'

export interface NamedStream {
  readonly info: StreamInfo
  /** The ledger's directory below the root, with `/`; the writer's name where the root is the ledger itself. */
  readonly name: string
}

/** Every ledger below `root`, by name. Throws QUERY_NO_STREAMS where there is none. */
export async function streamsIn(
  root: string,
  onMalformed: (line: MalformedLine) => void = () => undefined,
): Promise<readonly NamedStream[]> {
  const streams = await namedStreams(root)
  const lost = await undescribed(root, streams)
  for (const line of lost) onMalformed(line)
  if (streams.length === 0 && lost.length === 0) throw new QueryError('QUERY_NO_STREAMS', `no ledger below ${root}`)
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
  return found.map((info) => ({ info, name: nameOf(root, info.dir) })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

const nameOf = (root: string, dir: string) => relative(root, dir).split(sep).join('/') || basename(dir)

/** Deeper directories are not looked into; the ledger's own search goes as deep. */
const depthMax = 12
const writerName = /^w-[0-9a-f]{12}$/

/** Writers whose LEDGER.json is missing or damaged: their records cannot be read, and must not be missed in silence. */
async function undescribed(root: string, streams: readonly NamedStream[]): Promise<readonly MalformedLine[]> {
  const described = new Set(streams.map(({ info }) => resolve(info.dir)))
  const lost: MalformedLine[] = []
  const look = async (dir: string, depth: number): Promise<void> => {
    if (described.has(dir)) return
    if (writerName.test(basename(dir))) {
      const writer = basename(dir)
      const message = 'the ledger cannot be described, so none of its records are read'
      lost.push({
        code: 'QUERY_LINE_MALFORMED',
        dir: nameOf(root, dir),
        writer,
        file: 'LEDGER.json',
        offset: 0,
        message,
      })
      return
    }
    if (depth === depthMax) return
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => undefined)
    if (!entries && depth > 0 && basename(dir) !== 'lost+found') {
      const message = 'this directory cannot be read, so nothing in it is'
      const at = { dir: nameOf(root, dir), writer: basename(dir), file: '', offset: 0 }
      lost.push({ code: 'QUERY_LINE_MALFORMED', ...at, message })
    }
    for (const entry of entries ?? []) if (entry.isDirectory()) await look(join(dir, entry.name), depth + 1)
  }
  await look(resolve(root), 0)
  return lost
}
