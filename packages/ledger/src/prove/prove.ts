/**
 * `prove`: the proof that one entry of a writer is in its signed log, as a text that anybody can check offline.
 *
 * Tiles make it fast and are not believed: what they give is compared with the signed root. Where it differs, one level of
 * tiles after the other is worked out anew from the level below, which mends a single wrong tile within milliseconds; and at
 * last everything is read from the lines.
 */
import type { Checkpoint } from '../checkpoint.ts'
import { LedgerError } from '../errors.ts'
import { tileHeight } from '../tile.ts'
import { type Hash, hashToHex } from '../tree.ts'
import { consistencyProof, verifyConsistency } from './consistency.ts'
import { newestCosigned, withCosignatures } from './cosignatures.ts'
import { inclusionProof, verifyInclusion } from './inclusion.ts'
import { extraBytesMax, formatProof } from './proof.ts'
import { parseSignedNote, readSignedNote, type SignedNote } from './signed-note.ts'
import { rangeRoot } from './subtrees.ts'
import { TreeReader, type TreeReaderOptions } from './tree-reader.ts'

export interface ProveOptions {
  /** Put into the proof for whoever reads it, at most 65,536 bytes. It is not authenticated. */
  readonly extra?: Uint8Array
  /** A published checkpoint of this log, as the exact signed note, to prove against instead of the newest one. */
  readonly checkpoint?: string
  /** Proves against the newest checkpoint that a witness cosigned and that is kept in `anchors/`. Default: the newest one. */
  readonly cosigned?: boolean
}

/**
 * The `.tlog-proof` of entry `n` in the writer directory `writerDir`, against its newest checkpoint with all cosignatures
 * that are kept beside it. It takes milliseconds where tiles are there, else as long as reading the log. The writer may be
 * open meanwhile.
 *
 * What is handed out leads from the entry as it stands in the file (where its line is gone: from what its tile kept of it)
 * to the root in the checkpoint. Who signed that is for `checkProof` to say, which knows the keys to trust.
 *
 * Rejects with LEDGER_PROOF_UNAVAILABLE when no checkpoint covers the entry (one follows within about a second),
 * LEDGER_CHECKPOINT_MALFORMED, LEDGER_ROOT_MISMATCH when the entries are not what was signed, LEDGER_TREE_INCOMPLETE when
 * some cannot be read, LEDGER_OPTION_INVALID.
 *
 *     await writeFile('54321.tlog-proof', await prove('/var/audit/clinic/audit.standard/w-3f9c1e7a22b0', 54321))
 */
export async function prove(writerDir: string, n: number, options: ProveOptions = {}): Promise<string> {
  const { extra } = options
  if (!Number.isSafeInteger(n) || n < 0) throw new LedgerError('LEDGER_OPTION_INVALID', `${n} is not an index`)
  if (extra && extra.length > extraBytesMax)
    throw new LedgerError('LEDGER_OPTION_INVALID', `extra holds ${extra.length} bytes, at most ${extraBytesMax} fit`)
  const note = await noteFor(writerDir, n, options)
  const { size, root } = note.checkpoint
  if (n >= size)
    throw new LedgerError('LEDGER_PROOF_UNAVAILABLE', `the checkpoint covers ${size} entries, not yet entry ${n}`)
  const hashes = await attempts(writerDir, root, async (reader) => {
    const proof = await inclusionProof(reader, n, size)
    const leaf = await leafOf(reader, n)
    return verifyInclusion({ index: n, size, leaf, root, proof }) ? proof : undefined
  })
  const cosigned = await withCosignatures(writerDir, note)
  return formatProof({ index: n, hashes, ...(extra && { extra }), checkpoint: cosigned })
}

/**
 * The consistency proof from the first `from` entries to a signed tree, checked against its root. Rejects as `prove` does.
 *
 *     const proof = await proveConsistency(dir, witnessHolds, { size, root })
 */
export async function proveConsistency(
  writerDir: string,
  from: number,
  to: Pick<Checkpoint, 'size' | 'root'>,
): Promise<Hash[]> {
  if (from === 0) return []
  return attempts(writerDir, to.root, async (reader) => {
    const proof = await consistencyProof(reader, from, to.size)
    const fromRoot = await rangeRoot(reader, { first: 0, end: from })
    return verifyConsistency({ from, fromRoot, to: to.size, toRoot: to.root, proof }) ? proof : undefined
  })
}

/** No tree has more levels of tiles. */
const tileLevelsMax = Math.ceil(53 / tileHeight)

/** First with all tiles, then without those of one level after the other, at last without any. */
async function attempts(
  dir: string,
  root: Hash,
  attempt: (reader: TreeReader) => Promise<Hash[] | undefined>,
): Promise<Hash[]> {
  const each = Array.from({ length: tileLevelsMax }, (_, without) => (level: number) => level !== without)
  const ways: TreeReaderOptions['tiles'][] = [true, ...each, false]
  for (const tiles of ways) {
    const reader = await TreeReader.open(dir, { tiles: tiles ?? true })
    try {
      const proof = await attempt(reader)
      if (proof) return proof
    } catch (error) {
      // What is missing here may not be needed on another way.
      if (tiles === false) throw error
    } finally {
      await reader.close()
    }
  }
  throw new LedgerError(
    'LEDGER_ROOT_MISMATCH',
    `the entries in ${dir} do not hash to the signed root ${hashToHex(root)}`,
  )
}

async function noteFor(dir: string, n: number, { checkpoint, cosigned }: ProveOptions): Promise<SignedNote> {
  if (checkpoint !== undefined) return parseSignedNote(Buffer.from(checkpoint), 'the checkpoint given')
  if (cosigned !== true) return readSignedNote(dir)
  const note = await newestCosigned(dir, n)
  if (!note)
    throw new LedgerError('LEDGER_PROOF_UNAVAILABLE', `no witness cosigned a checkpoint that covers entry ${n}`)
  return note
}

/** From the line, which is what is to be proved. Where the line is gone for good its tile still knows it. */
async function leafOf(reader: TreeReader, n: number): Promise<Hash> {
  try {
    return await reader.leaf(n)
  } catch {
    return reader.subtree(0, n)
  }
}
