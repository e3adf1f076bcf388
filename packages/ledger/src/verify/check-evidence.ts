/**
 * The files in `anchors/`: who outside saw which tree of this anchor log, and when. Only what was signed by a witness or an authority
 * that the verifier was told to trust counts; nothing in the directory says whom to trust.
 */
import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { type EvidenceName, evidenceBytesMax, parseEvidenceName } from '../keep/anchor-evidence.ts'
import { checkpointOf } from '../keep/anchor-memory.ts'
import { readCosigned } from '../keep/cosigned.ts'
import { readPublishedNotes } from '../keep/published-notes.ts'
import { checkTimestamp } from '../keep/timestamp-check.ts'
import { anchorsDirectory, publishedDirectory } from '../layout.ts'
import { parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { hashToHex } from '../tree.ts'
import type { VerifierKey } from '../vkey.ts'
import { listNames } from './list-names.ts'
import type { Break } from './report.ts'
import type { WantedRoot } from './wanted-roots.ts'

/** Whom the verifier trusts besides the log's own keys. */
export interface TrustedAnchors {
  readonly witnesses: readonly VerifierKey[]
  /** PEM. */
  readonly timestampCertificates: readonly string[]
}

/** Somebody outside saw the tree of this size at this time. */
export interface Sighting {
  readonly size: number
  readonly timeMs: number
  /** The name of the anchor. */
  readonly by: string
}

export interface Evidence {
  readonly sightings: readonly Sighting[]
  readonly breaks: readonly Break[]
  /** What the log's tree has to have been. */
  readonly wanted: readonly WantedRoot[]
  /** Files that nobody could check for want of a key or certificate, by suffix. */
  readonly unchecked: ReadonlyMap<string, number>
}

type Judged = { readonly sighting: Sighting; readonly root: string } | { readonly fault: string } | 'unchecked'

/** Reads every file of evidence of one anchor log, and every checkpoint it published. Never rejects. */
export async function checkEvidence(dir: string, origin: string, trusted: TrustedAnchors): Promise<Evidence> {
  const files = (await listNames(join(dir, anchorsDirectory))).flatMap((name) => parseEvidenceName(name) ?? [])
  const sightings: Sighting[] = []
  const breaks: Break[] = []
  const wanted: WantedRoot[] = []
  const unchecked = new Map<string, number>()
  const judge = async (file: EvidenceName, work: (bytes: Buffer) => Judged): Promise<void> => {
    const path = `${anchorsDirectory}/${file.name}`
    const bytes = await readSmallFile(join(dir, path), evidenceBytesMax).catch(() => undefined)
    const judged = bytes ? work(bytes) : { fault: 'it cannot be read' }
    if (judged === 'unchecked') unchecked.set(file.suffix, (unchecked.get(file.suffix) ?? 0) + 1)
    else if ('fault' in judged) {
      breaks.push({ code: 'LEDGER_EVIDENCE_INVALID', n: -1, file: path, offset: 0, message: judged.fault })
    } else {
      sightings.push(judged.sighting)
      const label = `that ${file.anchor} vouches for`
      wanted.push({ size: file.size, root: judged.root, code: 'LEDGER_ROOT_ANCHORED', label, file: path })
    }
  }
  for (const file of files.filter(({ suffix }) => suffix === 'cosig')) {
    await judge(file, (bytes) => judgeCosigned(file, bytes, origin, trusted.witnesses))
  }
  const stamps = new Map<number, EvidenceName[]>()
  for (const file of files.filter(({ suffix }) => suffix === 'tsr')) {
    stamps.set(file.size, [...(stamps.get(file.size) ?? []), file])
  }
  for await (const notes of readPublishedNotes(dir)) {
    for (const note of notes) {
      const published = checkpointOf(note)
      if (published?.origin !== origin) continue
      const { size, root } = published
      wanted.push({ size, root, code: 'LEDGER_ROOT_ANCHORED', label: 'that it published', file: publishedDirectory })
      for (const file of stamps.get(size) ?? []) {
        await judge(file, (bytes) => judgeStamp(file, bytes, { note, root }, trusted.timestampCertificates))
      }
      stamps.delete(size)
    }
  }
  // A timestamp is of a note, and its note is not here.
  for (const file of [...stamps.values()].flat()) await judge(file, () => 'unchecked')
  return { sightings, breaks, wanted, unchecked }
}

function judgeCosigned(
  { size, anchor }: EvidenceName,
  bytes: Buffer,
  origin: string,
  witnesses: readonly VerifierKey[],
): Judged {
  const read = readCosigned(bytes, witnesses)
  if (typeof read !== 'string') {
    const { checkpoint, cosignatures } = read
    if (checkpoint.origin !== origin) return { fault: `it is about ${checkpoint.origin}` }
    if (checkpoint.size !== size) return { fault: `it is about ${checkpoint.size} entries` }
    const timeMs = Math.min(...cosignatures.map(({ timeS }) => timeS)) * 1_000
    return { sighting: { size, timeMs, by: anchor }, root: hashToHex(checkpoint.root) }
  }
  const note = parseNote(bytes)
  if (!note || !parseCheckpoint(note.text)) return { fault: `it is ${read}` }
  const claimed = witnesses.find((one) => note.signatures.some(({ name, keyId }) => isNamed(one, name, keyId)))
  return claimed ? { fault: `the signature in the name of ${claimed.name} does not hold` } : 'unchecked'
}

function judgeStamp(
  { size, anchor }: EvidenceName,
  bytes: Buffer,
  { note, root }: { readonly note: string; readonly root: string },
  certificates: readonly string[],
): Judged {
  if (certificates.length === 0) return 'unchecked'
  const checked = checkTimestamp(note, bytes, { certificates })
  if (checked.ok) return { sighting: { size, timeMs: Date.parse(checked.time), by: anchor }, root }
  return checked.code === 'LEDGER_TIMESTAMP_UNTRUSTED' ? 'unchecked' : { fault: checked.message }
}

function isNamed(witness: VerifierKey, name: string, keyId: Uint8Array): boolean {
  return witness.name === name && Buffer.compare(witness.keyId, keyId) === 0
}
