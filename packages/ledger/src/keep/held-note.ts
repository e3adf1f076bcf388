/**
 * Anchors that keep notes in files: which note they hold of a log, and whether a newer one continues it.
 *
 * Notes of one log stand one after the other. A crash may leave the beginning of one; it was never confirmed and is passed over.
 */
import { hash } from 'node:crypto'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import { LedgerError } from '../errors.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { verifyConsistency } from '../prove/consistency.ts'
import { hashToHex } from '../tree.ts'
import type { AnchorTree, PublishedCheckpoint } from './anchor.ts'
import { refused } from './anchor-limits.ts'

/** How much of the end of a file is enough: the last whole note, and what a crash may have left behind it. */
export const heldBytesMax = 2 * noteBytesMax

/** The name of the file for one log: readable, of bounded length, and another one for every other origin. */
export function heldFileName(origin: string): string {
  const readable = origin
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\./, '_')
    .slice(0, 100)
  return `${readable}.${hash('sha256', origin, 'hex').slice(0, 12)}.notes`
}

/** How many empty lines are looked at: each crash may leave the remains of one note, and the next one stands behind them. */
const triesMax = 64

/** The last whole checkpoint of this log in the end of a file of notes. Undefined when there is none. */
export function findLastCheckpoint(bytes: Uint8Array, origin: string): Checkpoint | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let split = all.lastIndexOf('\n\n')
  for (let tries = 0; split >= 0 && tries < triesMax; tries++) {
    const found = checkpointAround(all, split, origin)
    if (found) return found
    split = split === 0 ? -1 : all.lastIndexOf('\n\n', split - 1)
  }
  return undefined
}

/**
 * Whether exactly this tree is held already. False: it continues what is held and has to be kept now.
 *
 * Rejects with LEDGER_ANCHOR_ROLLBACK when the tree held is larger, or is not the beginning of the new one.
 */
export async function isHeldAlready(
  name: string,
  held: Checkpoint | undefined,
  published: PublishedCheckpoint,
  tree: AnchorTree,
): Promise<boolean> {
  const next = checkpointOf(name, published)
  if (held === undefined) return false
  const told = `${name}: it holds ${held.size} entries with root ${hashToHex(held.root)}`
  if (next.size < held.size) {
    throw new LedgerError('LEDGER_ANCHOR_ROLLBACK', `${told}, and is shown only ${next.size}`)
  }
  if (next.size === held.size && next.root === held.root) return true
  const proof = next.size === held.size ? [] : await proofOf(name, tree, held.size, next.size)
  if (verifyConsistency({ from: held.size, fromRoot: held.root, to: next.size, toRoot: next.root, proof })) return false
  throw new LedgerError('LEDGER_ANCHOR_ROLLBACK', `${told}; the ${next.size} it is shown do not begin with them`)
}

/** The checkpoint in a note that is to be kept: what is compared later is what stands in the note. */
function checkpointOf(name: string, published: PublishedCheckpoint): Checkpoint {
  const note = parseNote(Buffer.from(published.note))
  const found = note && parseCheckpoint(note.text)
  if (found && found.origin === published.origin && found.size === published.size) return found
  throw refused(name, `what it is to keep is no checkpoint of ${published.origin} with ${published.size} entries`)
}

async function proofOf(
  name: string,
  tree: AnchorTree,
  from: number,
  to: number,
): ReturnType<AnchorTree['consistency']> {
  if (from === 0) return []
  try {
    return await tree.consistency(from, to)
  } catch (error) {
    throw refused(name, `the log cannot show that ${to} entries begin with the ${from} held`, error)
  }
}

/**
 * The checkpoint whose empty line is at `split`. Its text begins with the last line before that which is the origin, since
 * what stands between two whole notes are the remains of one; it ends with the last line that looks like a signature.
 */
function checkpointAround(bytes: Buffer, split: number, origin: string): Checkpoint | undefined {
  const before = bytes.subarray(Math.max(0, split - noteBytesMax), split)
  const text = before.indexOf(`${origin}\n`) === 0 ? 0 : -1
  const begin = Math.max(text, before.lastIndexOf(`\n${origin}\n`) + 1 || -1)
  if (begin < 0) return undefined
  let end = split + 2
  while (bytes.subarray(end, end + dash.length).equals(dash)) {
    const line = bytes.indexOf('\n', end)
    if (line < 0) break
    end = line + 1
  }
  const note = parseNote(bytes.subarray(split - before.length + begin, end))
  const found = note && parseCheckpoint(note.text)
  return found?.origin === origin ? found : undefined
}

const dash = Buffer.from('— ')
