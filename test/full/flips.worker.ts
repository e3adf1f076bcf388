/** One share of the turned bits of `flips.test.ts`, in copies of its own; posts those that the verifier said nothing of. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { verify } from '@trailmark/ledger/verify'
import { seeded } from '../../packages/ledger/src/seeded.fixture.ts'

export interface Share {
  /** The stream to copy, and where to put the copies. */
  readonly stream: string
  readonly place: string
  /** Every bit whose number leaves this rest, */
  readonly every?: { readonly of: number; readonly rest: number }
  /** or so many, chosen by a seed. */
  readonly seeds?: { readonly seed: number; readonly count: number }
}

export interface Result {
  readonly turned: number
  readonly missed: readonly string[]
}

/** While one copy is read, another is hashed. */
const together = 2

interface File {
  readonly name: string
  readonly bytes: Buffer
}

async function turnBits(share: Share): Promise<Result> {
  const files = filesOf(share.stream)
  const bits = chosenBits(
    share,
    files.reduce((sum, file) => sum + file.bytes.length * 8, 0),
  )
  const missed: string[] = []
  let turned = 0
  const lane = async (number: number): Promise<void> => {
    const copy = join(share.place, String(number))
    mkdirSync(share.place, { recursive: true })
    cpSync(share.stream, copy, { recursive: true })
    for (let bit = bits.next(); !bit.done; bit = bits.next()) {
      turned += 1
      const { name, bytes, at } = findBit(files, bit.value)
      const changed = Buffer.from(bytes)
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7))
      writeFileSync(join(copy, name), changed)
      if (!(await isTold(copy, name))) missed.push(`${name} byte ${at >> 3} bit ${at & 7}`)
      writeFileSync(join(copy, name), bytes)
    }
  }
  await Promise.all(Array.from({ length: together }, (_, number) => lane(number)))
  return { turned, missed }
}

async function isTold(root: string, name: string): Promise<boolean> {
  const { ok, streams } = await verify(root)
  // The file beside the checkpoint is derived from it: damage there is told, and is no damage to any record.
  if (name.endsWith('checkpoint.frontier')) {
    return streams.some((one) => one.notes.some((note) => note.code === 'LEDGER_FRONTIER_STALE'))
  }
  return !ok
}

/** Files that hold what is signed, or are told of when they are wrong; tiles are rebuilt from the lines. */
function filesOf(stream: string): File[] {
  return readdirSync(stream, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(stream, name)).isFile() && !name.split('/').includes('tile'))
    .map((name) => ({ name, bytes: readFileSync(join(stream, name)) }))
}

function* chosenBits({ every, seeds }: Share, total: number): Generator<number, void> {
  if (every) for (let bit = every.rest; bit < total; bit += every.of) yield bit
  const random = seeded(seeds?.seed ?? 0)
  for (let i = 0; i < (seeds?.count ?? 0); i++) yield random(total)
}

function findBit(files: readonly File[], bit: number): { name: string; bytes: Buffer; at: number } {
  let at = bit
  for (const { name, bytes } of files) {
    if (at < bytes.length * 8) return { name, bytes, at }
    at -= bytes.length * 8
  }
  throw new Error(`there is no bit ${bit}`)
}

parentPort?.postMessage(await turnBits(workerData))
