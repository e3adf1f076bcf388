/**
 * The text of a checkpoint, as C2SP `tlog-checkpoint` has it: origin, size and root on a line each.
 *
 * It becomes a signed note (`note.ts`). Extension lines are accepted when read and never written.
 */
import { type Hash, hashToBase64, parseHash } from './tree.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Hash
}

export function formatCheckpoint(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${hashToBase64(checkpoint.root)}\n`
}

/** Undefined for what is not a checkpoint: the size is canonical decimal, the root canonical base64 of 32 bytes. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.slice(0, -1).split('\n')
  const size = Number(sizeText)
  const root = parseHash(rootText)
  if (origin === '' || root === undefined || extensions.includes('')) return undefined
  if (!/^(0|[1-9][0-9]{0,15})$/.test(sizeText) || !Number.isSafeInteger(size)) return undefined
  return { origin, size, root }
}
