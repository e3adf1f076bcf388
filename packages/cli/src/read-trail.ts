/**
 * What `query`, `timeline` and `tail` share: find the trail, record the read, show rows, record how it ended.
 */
import { type Keys, openKeys } from '@trailmark/keys'
import {
  compileFilter,
  type Filter,
  type Identities,
  identitiesOf,
  type MalformedLine,
  QueryError,
  type StoredRecord,
} from '@trailmark/query'
import { type ClearNames, clearNamesFor } from './clear-names.ts'
import type { Invocation, OptionTable } from './command.ts'
import { CliError, type ExitCode, exitCodes } from './errors.ts'
import { filterFrom, filterOptions, purposeFrom } from './filter-options.ts'
import { locate, locationOptions } from './location.ts'
import { recordRead } from './record-read.ts'
import type { Terminal } from './terminal.ts'
import { counted } from './verify-text.ts'

export const readOptions: OptionTable = {
  ...filterOptions,
  purpose: {
    type: 'string',
    value: 'word',
    help: 'why you are reading, such as incident-4711; stands in the record of this read',
  },
  ...locationOptions,
}

/** What a command needs for its own part of a read. */
export interface Reading {
  readonly root: string
  readonly filter: Filter
  readonly identities?: Identities
  /** Only outside production. */
  readonly clearNames?: ClearNames
  readonly onMalformed: (line: MalformedLine) => void
  /** False for the records that this very read made. */
  readonly accept: (record: StoredRecord) => boolean
}

/**
 * Runs one read. `work` shows rows, adding to `count` as it goes, and may be cut short by the terminal's signal. Being
 * stopped is how `tail` ends well; the others answer CLI_INTERRUPTED.
 */
export async function readTrail(
  command: 'query' | 'timeline' | 'tail',
  invocation: Invocation,
  terminal: Terminal,
  work: (reading: Reading, count: { rows: number }) => Promise<void>,
): Promise<ExitCode> {
  const filter = filterFrom(invocation, terminal.now())
  const purpose = purposeFrom(invocation)
  const location = await locate(invocation, terminal)
  const keys = findKeys(location.keysDir)
  const identities = keys instanceof Error ? undefined : identitiesOf(keys)
  checkFilter(filter, identities, keys)
  const read = await recordRead(
    location,
    keys,
    { command, filter, ...(purpose !== undefined && { purpose }) },
    terminal,
  )
  const malformed: MalformedLine[] = []
  let malformedCount = 0
  const clearNames = clearNamesFor(location.root, keys, terminal.env, terminal.note)
  const reading: Reading = {
    root: location.root,
    filter,
    ...(identities && { identities }),
    ...(clearNames && { clearNames }),
    onMalformed: (line) => {
      malformedCount += 1
      if (malformed.length < malformedShownMax) malformed.push(line)
    },
    accept: (record) => !read.isOwn(record),
  }
  const count = { rows: 0 }
  let failure: { error: unknown } | undefined
  try {
    await work(reading, count)
  } catch (error) {
    failure = { error }
  }
  // Recorded however it ended, and before the process may end: rows were shown.
  await read.end(count.rows, terminal.signal.aborted || failure !== undefined)
  reportMalformed(malformed, malformedCount, terminal)
  if (terminal.readerGone()) return exitCodes.ok
  if (terminal.signal.aborted && command === 'tail') return exitCodes.ok
  if (terminal.signal.aborted)
    throw new CliError('CLI_INTERRUPTED', `stopped after ${count.rows} rows; there may be more`)
  if (failure !== undefined) throw failure.error
  return malformedCount > 0 ? exitCodes.finding : exitCodes.ok
}

const malformedShownMax = 5

function reportMalformed(shown: readonly MalformedLine[], total: number, terminal: Terminal): void {
  if (total === 0) return
  terminal.note(`trailmark: ${counted(total, 'place')} could not be read; trailmark verify says more`)
  for (const { dir, n, file, offset, message } of shown)
    terminal.note(`  ${dir}${n === undefined ? '' : ` n ${n}`}, ${file} byte ${offset}: ${message}`)
}

function findKeys(dir: string): Keys | Error {
  try {
    return openKeys({ dir, create: false })
  } catch (error) {
    return error instanceof Error ? error : new Error('the keys cannot be opened')
  }
}

/** Before anything is recorded or read: a question that cannot be asked is no read. */
function checkFilter(filter: Filter, identities: Identities | undefined, keys: Keys | Error): void {
  try {
    compileFilter(filter, identities)
  } catch (error) {
    const keysMissing = error instanceof QueryError && error.code === 'QUERY_KEYS_NEEDED' && keys instanceof Error
    throw keysMissing ? new QueryError('QUERY_KEYS_NEEDED', `${error.message}: ${keys.message}`) : error
  }
}
