/**
 * The checkpoints in a file of signed notes, as an anchor kept them on another volume or in a repository: of each log the last one.
 *
 * Whoever names the file vouches for it, so signatures are not looked at: the trail has to lead to what it says, whoever wrote it.
 */
import { parseCheckpoint } from '@trailmark/ledger/notes'
import type { HeldRoot } from '@trailmark/ledger/verify'

/** The last checkpoint of each log in the text, none when it holds none. Never throws. */
export function parseHeldNotes(text: string): HeldRoot[] {
  const last = new Map<string, HeldRoot>()
  const signed = text.split(/^(?:— [^\n]*\n)+/m).slice(0, -1)
  for (const body of signed) {
    const checkpoint = body.endsWith('\n\n') ? parseCheckpoint(lastText(body.slice(0, -1))) : undefined
    if (!checkpoint) continue
    const { origin, size, root } = checkpoint
    last.set(origin, { origin, size, root: Buffer.from(root, 'latin1').toString('hex') })
  }
  return [...last.values()]
}

/** A text behind the remains of another one, which a crash left: both begin with the same line. */
function lastText(body: string): string {
  const text = body.trimStart()
  const [origin] = text.split('\n', 1)
  return text.slice(text.lastIndexOf(`\n${origin}\n`) + 1)
}
