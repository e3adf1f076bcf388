/**
 * Errors in texts: `err.message`, `` `save failed: ${err}` ``, `err.stack`, `util.inspect(err)`. Of a message the library's own
 * words stay; in front of frames nothing else of it does, as no rule can tell what an application put into a message.
 */
import { messageWithoutInput } from '../fault/templates.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

const message = '[withheld message]'

/** The text with what errors quote replaced. */
export function hideFaults(text: string, opening: Opening): string {
  const frame = frameStart(text)
  if (frame >= 0) return withFrames(text, frame, opening)
  return text.length > textCharsMax ? text : withoutQuotes(text, opening)
}

const textCharsMax = 4_096
const places = /: /g
const placesMax = 4

/** The words of a library at the start of the text, or behind a colon, up to its end. */
function withoutQuotes(text: string, opening: Opening): string {
  let from = 0
  places.lastIndex = 0
  for (let i = 0; i <= placesMax; i++) {
    const said = messageWithoutInput(from === 0 ? text : text.slice(from))
    work.characters += 64
    if (said !== undefined) {
      if (said === text.slice(from)) return text
      opening.removed('input')
      return text.slice(0, from) + said
    }
    if (places.exec(text) === null) return text
    from = places.lastIndex
  }
  return text
}

const firstFrame = /(?:\n|\\n) {4,12}at (?=\S)/
/** Where the line end before the first frame stands; -1 when there is none. */
function frameStart(text: string): number {
  return text.includes('  at ') ? text.search(firstFrame) : -1
}

const typeName =
  /(?:^|[\s:['"`(])((?:Uncaught )?[A-Z][A-Za-z0-9]{0,60}(?:Error|Exception|Warning|Rejection|Failure))(?: \[[A-Z][A-Z0-9_]{0,60}\])?(?=: |\n|\\n|$)/
/** One frame to its end. */
const frameLine =
  /(?:\n|\\n) {4,16}at (?:(?:async |new )?[\w$.<>#/ [\]]{1,160}\((?:[^()\n\\'"]{1,400}:\d{1,7}:\d{1,7}|<anonymous>|native|index \d{1,6})\)|(?:async )?[^()\s'"\\]{1,400}:\d{1,7}:\d{1,7}|<anonymous>)(?=$|\r|\n|\\n| \{)/y

function withFrames(text: string, at: number, opening: Opening): string {
  work.characters += text.length
  const head = text.slice(0, at)
  const type = typeName.exec(head)
  let shown: string
  if (type === null) shown = messageWithoutInput(head) ?? (isPlaceholderText(head) ? head : message)
  else {
    const named = type.index + type[0].length
    const said = head.slice(named + 2)
    shown = head.slice(0, named)
    if (head.startsWith(': ', named)) {
      const kept = messageWithoutInput(said)
      shown += `: ${kept ?? message}`
    }
  }
  let end = at
  let frames = ''
  for (;;) {
    frameLine.lastIndex = end
    const found = frameLine.exec(text)
    if (found === null) break
    frames += found[0]
    end = frameLine.lastIndex
  }
  const rest = text.slice(end)
  const withheldRest = rest.trim() === '' || rest === ' [withheld details]' ? rest : ' [withheld details]'
  const written = shown + frames + withheldRest
  if (written !== text) opening.removed('error')
  return written
}

const isPlaceholderText = (text: string) => text === message || text.endsWith(`: ${message}`)
