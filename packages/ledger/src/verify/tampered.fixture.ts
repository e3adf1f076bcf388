/** A log of three segments to be tampered with, and what somebody can do who has its keys. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatCheckpoint } from '../checkpoint.ts'
import * as layout from '../layout.ts'
import { openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { Signer } from '../ledger.ts'
import { Chain } from '../line.ts'
import { formatMetaNote, parseMeta } from '../meta.ts'
import { formatNote } from '../note.ts'
import { leafOf, Tree } from '../tree.ts'
import type { HeldRoot } from './held-root.ts'
import { verify } from './verify.ts'

export interface Victim {
  readonly root: string
  readonly dir: string
  readonly origin: string
  /** What somebody outside wrote down after 40 and after 90 entries. */
  readonly held: readonly HeldRoot[]
  /** The directory as it was after 40 entries. */
  readonly older: string
}

/** Segments of 40, 20 and 30 entries; nothing in the directory but what is signed and the log. */
export async function makeVictim(): Promise<Victim> {
  const root = temporaryDirectory()
  const older = temporaryDirectory()
  const held: HeldRoot[] = []
  let dir = ''
  let n = 0
  for (const [round, count] of [40, 20, 30].entries()) {
    const ledger = openTest(root, { clock: { now: () => Date.now() + round * 3_700_000 } })
    dir = ledger.dir
    for (let i = 0; i < count; i++, n++) ledger.append(`"i":${n},"text":"entry number ${n}"`)
    await ledger.close()
    const [stream] = (await verify(root)).streams
    if (stream?.checkpoint) held.push({ origin: stream.origin, ...stream.checkpoint })
    if (round === 0) cpSync(root, older, { recursive: true })
  }
  for (const place of [dir, dir.replace(root, older)]) keepSigned(place)
  return { root, dir, origin: held[0]?.origin ?? '', held: held.filter(({ size }) => size !== 60), older }
}

/** Takes away what is derived from the log, or vouches for it in other ways. */
function keepSigned(dir: string): void {
  const kept = [layout.metaFile, layout.metaNoteFile, layout.checkpointFile, layout.segmentDirectory]
  for (const name of readdirSync(dir)) if (!kept.includes(name)) rmSync(join(dir, name), { recursive: true })
  const seg = join(dir, layout.segmentDirectory)
  for (const name of readdirSync(seg)) if (!name.endsWith('.jsonl')) rmSync(join(seg, name))
}

export function segmentsOf(dir: string): number[] {
  return layout.segmentsAmong(readdirSync(join(dir, layout.segmentDirectory)))
}

export function linesOf(dir: string, first: number): string[] {
  return readFileSync(join(dir, layout.segmentFile(first)), 'utf8')
    .split('\n')
    .slice(0, -1)
}

export function writeLines(dir: string, first: number, lines: readonly string[]): void {
  rmSync(join(dir, layout.segmentFile(first)), { force: true })
  writeFileSync(join(dir, layout.segmentFile(first)), lines.map((line) => `${line}\n`).join(''))
}

/** Every body with its claim, in order. */
export function bodiesOf(dir: string): { d: number; body: string }[] {
  return segmentsOf(dir)
    .flatMap((first) => linesOf(dir, first))
    .map((line) => {
      const [, d, body] = /^\{"n":\d+,"d":(-?\d+),(.*),"h":"[^"]*"\}$/.exec(line) ?? []
      return { d: Number(d), body: body ?? '' }
    })
}

/** Writes a log anew: framed, chained, cut into segments and signed as its writer would have done it. */
export async function rewrite(
  dir: string,
  bodies: readonly { d: number; body: string }[],
  signer: Signer = testSigner(),
): Promise<void> {
  rmSync(join(dir, layout.segmentDirectory), { recursive: true })
  mkdirSync(join(dir, layout.segmentDirectory))
  const chain = new Chain(0, '')
  const tree = new Tree()
  const lines = bodies.map(({ d, body }, i) => chain.frame(Math.min(d, i - 1), body))
  for (const line of lines) tree.push(leafOf(line))
  const starts = [0, 40, 60].filter((start) => start < Math.max(1, lines.length))
  for (const [i, start] of starts.entries()) writeLines(dir, start, lines.slice(start, starts[i + 1]))
  await signCheckpoint(dir, tree, signer)
}

export async function signCheckpoint(dir: string, tree: Tree, signer: Signer): Promise<void> {
  const meta = parseMeta(readFileSync(join(dir, layout.metaFile)))
  if (typeof meta === 'string') throw new Error(meta)
  const text = formatCheckpoint({ origin: meta.origin, size: tree.size, root: tree.root() })
  await signNote(join(dir, layout.checkpointFile), text, meta.origin, signer)
}

export async function signNote(path: string, text: string, name: string, signer: Signer): Promise<void> {
  const signature = await signer.sign(Buffer.from(text))
  writeFileSync(path, formatNote(text, { name, publicKey: signer.publicKey }, signature))
}

/** Puts another key into LEDGER.json and signs everything with it. */
export async function swapKeys(dir: string, signer: Signer): Promise<void> {
  const path = join(dir, layout.metaFile)
  const meta = parseMeta(readFileSync(path))
  if (typeof meta === 'string') throw new Error(meta)
  const text = readFileSync(path, 'utf8').replace(meta.publicKey, Buffer.from(signer.publicKey).toString('base64'))
  writeFileSync(path, text)
  await signNote(join(dir, layout.metaNoteFile), formatMetaNote(meta.origin, Buffer.from(text)), meta.origin, signer)
  await rewrite(dir, bodiesOf(dir), signer)
}
