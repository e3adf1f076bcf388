/** What the tests of the ledger share: a key that is always the same, a place to write, and a look at what was written. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openLedger } from './append/open.ts'
import { lockFile, writerName } from './layout.ts'
import type { Ledger, OpenOptions } from './ledger.ts'
import { parseLock } from './lock-text.ts'
import { findStreams } from './read/find-streams.ts'
import { readEntries } from './read/read-entries.ts'
import { testSigner } from './signer.fixture.ts'
import type { Entry } from './stream.ts'

export { testSigner }

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-ledger-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export function streamOptions(dir: string, rest: Partial<OpenOptions> = {}): OpenOptions {
  return {
    dir,
    origin: 'clinic/audit.standard',
    stream: 'audit',
    retentionClass: 'standard',
    signer: testSigner(),
    ...rest,
  }
}

export function openTest(dir: string, rest: Partial<OpenOptions> = {}): Ledger {
  return openLedger(streamOptions(dir, rest))
}

/** A stream with one closed writer of `count` small entries. */
export async function closedLedger(
  count: number,
  dir = temporaryDirectory(),
  bodyOf = (i: number): string => `"id":"e${i}","text":"entry number ${i}"`,
): Promise<{ root: string; dir: string }> {
  const ledger = openTest(dir)
  for (let i = 0; i < count; i++) ledger.append(bodyOf(i))
  await ledger.close()
  return { root: dir, dir: ledger.dir }
}

/** Makes every lock below `dir` look as if its process had been killed. */
export function killHolders(dir: string): void {
  for (const writer of readdirSync(dir).filter((name) => writerName.test(name))) {
    const path = join(dir, writer, lockFile)
    if (!statSync(path, { throwIfNoEntry: false })) continue
    const lock = parseLock(readFileSync(path))
    const text = lock && readFileSync(path, 'utf8').replace(`"pid":${lock.pid},`, '"pid":99999999,')
    writeFileSync(path, text ?? '')
  }
}

/** A clock a minute ahead: locks that hold nothing readable are then old enough to be taken over. */
export const laterClock = { now: () => Date.now() + 60_000 }

/** A copy of a directory as a crash at this moment would leave it. */
export function crashCopy(dir: string): string {
  const copy = temporaryDirectory()
  cpSync(dir, copy, { recursive: true })
  killHolders(copy)
  return copy
}

/** Every entry of every writer below a root. */
export async function allEntries(root: string): Promise<Entry[]> {
  const all: Entry[] = []
  for (const stream of await findStreams(root)) for await (const entry of readEntries(stream)) all.push(entry)
  return all
}

/** The `id` members of all entries. */
export async function allIds(root: string): Promise<string[]> {
  return (await allEntries(root)).map(({ line }) => {
    const { id }: { id?: string } = JSON.parse(line)
    return id ?? ''
  })
}
