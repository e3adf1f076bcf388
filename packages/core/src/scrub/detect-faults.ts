/**
 * Errors in texts: `err.message`, `` `save failed: ${err}` ``, `err.stack`, `util.inspect(err)`. Of a message the library's own
 * words stay; in front of frames nothing else of it does, as no rule can tell what an application put into a message.
 */
import { frameOfLine } from '../fault/frames.ts'
import { messageWithoutInput } from '../fault/templates.ts'
import { withheldMessage, withoutTold } from '../fault/told.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'
import { isFrame } from './walk-text.ts'

/** The text with what errors quote replaced. */
export function hideFaults(text: string, opening: Opening): string {
  const frame = frameStart(text)
  work.characters += text.length
  const shown = frame >= 0 ? withFrames(text, frame) : withoutTold(text)
  if (shown !== text) opening.removed('error')
  return shown
}

const firstFrame = /(?:\n|\\n) {4,12}at (?=\S)/
/** Where the line end before the first frame stands; -1 when there is none. */
function frameStart(text: string): number {
  return text.includes('  at ') ? text.search(firstFrame) : -1
}

const typeName =
  /(?:^|[\s:['"`(])((?:Uncaught )?(?:[A-Z][A-Za-z0-9]{0,60})?(?:Error|Exception|Warning|Rejection|Failure)|(?<=^)error)(?: \[[A-Z][A-Z0-9_]{0,60}\])?(?=: |\n|\\n|$)/
/** Any line of a stack. */
const anyFrame = /(\n|\\n) {4,16}(at [^\n\\]{1,600})/y
const framesMax = 30
const details = ' [withheld details]'

/** `Type: template` or `Type: [withheld message]`, and the frames that are frames, each as it is written elsewhere. */
function withFrames(text: string, at: number): string {
  work.characters += text.length
  let end = at
  let frames = ''
  let open = false
  for (let i = 0; i < framesMax * 2; i++) {
    anyFrame.lastIndex = end
    const found = anyFrame.exec(text)
    if (found === null) break
    const [, lineEnd = '', line = ''] = found
    open = line.endsWith(' {')
    const frame = readFrame(line.replace(/ \{$|\r$/, ''), lineEnd !== '\n')
    if (frame !== undefined) frames += `${lineEnd}    at ${frame}`
    end = anyFrame.lastIndex
    if (open) break
  }
  const rest = text.slice(end)
  return headOf(text.slice(0, at)) + frames + (open || (rest.trim() !== '' && rest !== details) ? details : rest)
}

/** A frame with its file relative. Behind an escaped line end it may be one that was written before. */
function readFrame(line: string, escaped: boolean): string | undefined {
  if (line.endsWith(details)) return readFrame(line.slice(0, -details.length), escaped)
  return frameOfLine(`    ${line}`) ?? (escaped && isFrame(line.slice(3)) ? line.slice(3) : undefined)
}

/** What stands before the frames: words of the caller on the same line, a type, and a library's own words. */
function headOf(head: string): string {
  const type = typeName.exec(head)
  if (type === null) return messageWithoutInput(head) ?? (head.endsWith(withheldMessage) ? head : withheldMessage)
  const named = type.index + type[0].length
  const before = head.slice(0, named)
  const line = /[\n\\]/.test(before) ? type[0].replace(/^[\s:['"`(]/, '') : before
  if (!head.startsWith(': ', named)) return line
  return `${line}: ${messageWithoutInput(head.slice(named + 2)) ?? withheldMessage}`
}
