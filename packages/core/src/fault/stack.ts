/**
 * The text of an error's stack, and which of its lines stand where frames stand.
 *
 * A stack begins with the message, and a message may hold lines that look like frames, or source text. So the message is cut
 * off first. Where it is not found, because it was changed later, the rest may still be read, but is not trusted.
 */
import { own } from '../scrub/read.ts'

export interface StackLines {
  readonly lines: readonly string[]
  /** How many of the last lines stand below a message that was found; those before them could have been part of it. */
  readonly trusted: number
}

/** Lines beyond these are not read. */
const linesMax = 60
const charsRead = 32_768
/** The name before the message: `TypeError: `, `Error [ERR_X]: `. */
const headCharsMax = 160
const headShape = /^[A-Za-z_$][\w$.]{0,99}(?: \[[\w.-]{1,64}\])?$/
const frameStart = '    at '

/** The lines of a stack that may be frames. `message` is the error's own, as it is now. */
export function stackLines(stack: string, message: string): StackLines {
  const below = belowMessage(stack, message)
  if (below !== undefined) {
    const lines = frameBlock(below)
    return { lines, trusted: Math.min(lines.length, stackLimit()) }
  }
  if (stack.length <= charsRead) return { lines: frameLinesAnywhere(stack), trusted: 0 }
  // Where a message was long, the frames are at the end.
  const end = stack.slice(-charsRead)
  return { lines: frameLinesAnywhere(end.slice(end.indexOf('\n') + 1)), trusted: 0 }
}

/** What stands below the message; undefined where that cannot be told. */
function belowMessage(stack: string, message: string): string | undefined {
  const head = stack.slice(0, headCharsMax)
  const colon = head.indexOf(': ')
  if (message !== '') {
    for (const at of colon > 0 && headShape.test(head.slice(0, colon)) ? [colon + 2, 0] : [0]) {
      if (!stack.startsWith(message, at)) continue
      const end = at + message.length
      if (end === stack.length) return ''
      if (stack[end] === '\n') return stack.slice(end + 1)
    }
  }
  const line = head.indexOf('\n')
  // No message at all when it was made. Formatters for source maps write the colon all the same.
  if (line > 0 && headShape.test(head.slice(0, line).replace(/: ?$/, ''))) return stack.slice(line + 1)
  return colon > 0 ? belowFormerMessage(stack, colon + 2, message) : undefined
}

/**
 * Something was put before or behind the message: what stands in the stack is then a part of it. Not where the message has
 * lines that look like frames, for then nobody knows where the real ones begin.
 */
function belowFormerMessage(stack: string, from: number, message: string): string | undefined {
  const end = stack.slice(0, charsRead).indexOf(`\n${frameStart}`, from)
  if (end <= from || message.length > charsRead || /\n\s{0,40}at /.test(message)) return undefined
  const former = stack.slice(from, end)
  return message.endsWith(former) || message.startsWith(former) ? stack.slice(end + 1) : undefined
}

/** The frames that follow one another from the first line on; what libraries append to stacks is left. */
function frameBlock(below: string): string[] {
  const lines: string[] = []
  for (const line of below.slice(0, charsRead).split('\n', linesMax)) {
    if (!line.startsWith(frameStart)) break
    lines.push(line)
  }
  return lines
}

function frameLinesAnywhere(text: string): string[] {
  const lines: string[] = []
  // The last ones are the likeliest to be real.
  let end = text.length
  while (end > 0 && lines.length < linesMax) {
    const start = text.lastIndexOf('\n', end - 1)
    if (text.startsWith(frameStart, start + 1)) lines.push(text.slice(start + 1, end))
    if (start < 0) break
    end = start
  }
  return lines.reverse()
}

/** How many frames V8 writes: when there are more, the first ones came with a message. */
function stackLimit(): number {
  const limit = own(Error, 'stackTraceLimit')
  return typeof limit === 'number' && limit > 0 ? limit : 10
}

/**
 * V8's own getter. It reads an internal slot, whatever the property `stack` of the error says, and works for errors of other
 * realms. The first call formats the stack, for which V8 reads `name` and `message`: only for errors that are `inert`.
 */
const nativeStack = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get

/** The stack of an error. An application's own `Error.prepareStackTrace` runs, as for everybody who reads a stack. */
export function stackOf(error: object): string | undefined {
  const native: unknown = nativeStack && Reflect.apply(nativeStack, error, [])
  if (typeof native === 'string') return native
  // Errors from a worker have it as plain text.
  const stack = own(error, 'stack')
  return typeof stack === 'string' ? stack : undefined
}
