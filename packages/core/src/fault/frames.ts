/**
 * The frames of an error's stack, parsed and never copied, for telling errors apart.
 *
 * A stack begins with the message as it was when the error was made, and a message may hold lines that look like frames. So
 * the message is cut off first; where it is not found (it was changed later) nothing of the stack is believed.
 */
import { types } from 'node:util'
import { own } from '../scrub/read.ts'

const framesMax = 30
const lineCharsMax = 512
/** The name before the message: `TypeError: `, at most so long. */
const headCharsMax = 256
const namePattern = /^(?:async )?(?:new )?([A-Za-z_$<][\w$.<>#]{0,99})(?: \[as [\w$.]{1,64}\])?$/
const filePattern = /^[\w$@.+\-/\\ ()[\]]{1,300}$/

/** `function@file` for up to 30 frames, innermost first; files relative to the working directory or to their package. */
export function framesOf(error: object): string[] {
  const stack = stackOf(error)
  const message = own(error, 'message')
  if (stack === undefined) return []
  const below = withoutMessage(stack, typeof message === 'string' ? message : '')
  if (below === undefined) return []
  const frames: string[] = []
  for (const line of below.slice(0, framesMax * lineCharsMax).split('\n', framesMax + 1)) {
    const frame = parseFrame(line)
    if (frame !== undefined && frames.length < framesMax) frames.push(frame)
  }
  return frames
}

/**
 * V8's own accessor, where `stack` is one (Node 24): the only getter that is ever called. It is recognised by identity;
 * somebody's own getter of that name is not.
 */
const nativeStack = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get

function stackOf(error: object): string | undefined {
  if (types.isProxy(error)) return undefined
  const property = Object.getOwnPropertyDescriptor(error, 'stack')
  if (property === undefined) return undefined
  const stack: unknown =
    property.get === undefined
      ? property.value
      : property.get === nativeStack
        ? Reflect.apply(property.get, error, [])
        : undefined
  return typeof stack === 'string' ? stack : undefined
}

/** What follows the message. Only the head line is searched for its beginning, so the cost is bounded by its length. */
function withoutMessage(stack: string, message: string): string | undefined {
  const line = stack.indexOf('\n')
  const headEnd = Math.min(line < 0 ? stack.length : line, headCharsMax)
  if (message === '') return line < 0 ? undefined : stack.slice(line + 1)
  for (let at = 0; at <= headEnd; at++) {
    if (!stack.startsWith(message, at)) continue
    const end = at + message.length
    if (stack[end] === '\n') return stack.slice(end + 1)
  }
  return undefined
}

function parseFrame(line: string): string | undefined {
  if (line.length > lineCharsMax || !line.startsWith('    at ')) return undefined
  const text = line.slice(7)
  const open = text.endsWith(')') ? text.indexOf(' (') : -1
  const place = open < 0 ? text.replace(/^async /, '') : text.slice(open + 2, -1)
  const file = parsePlace(place)
  if (file === undefined) return undefined
  const name = open < 0 ? undefined : namePattern.exec(text.slice(0, open))?.[1]
  return `${name ?? '?'}@${file}`
}

/** The file of `file:line:column`; source text passed off as a file (`data:`, `eval`) is none. */
function parsePlace(place: string): string | undefined {
  const [, url] = /^(.+):\d{1,9}:\d{1,9}$/.exec(place) ?? []
  if (url === undefined) return undefined
  if (url.startsWith('node:')) return /^node:[\w/]{1,100}$/.test(url) ? url : undefined
  const path = url.startsWith('file://') ? url.slice(7) : url
  if (!/^(?:\/|[A-Za-z]:[\\/])/.test(path)) return undefined
  const file = relative(path)
  return filePattern.test(file) ? file : undefined
}

/** Below the last `node_modules`, else below the working directory, else the file's name alone. */
function relative(path: string): string {
  const modules = path.lastIndexOf('/node_modules/')
  if (modules >= 0) return path.slice(modules + 14)
  const here = `${workingDirectory}/`
  return path.startsWith(here) ? path.slice(here.length) : path.slice(path.lastIndexOf('/') + 1)
}

const workingDirectory = process.cwd()
