/**
 * The frames of an error's stack, parsed and never copied.
 *
 * Shown are a function's name, when it is an ordinary identifier and stands below the message for certain, and a file, when it
 * belongs to this project, to an installed package or to Node. Source text passed off as a file (`eval`, `vm`, `data:`, wasm)
 * is no frame. Where the message cannot be found in the stack, no names are shown, and only files that exist.
 */
import { statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { looksPersonal } from '../scrub/identifier.ts'
import { projectRoots } from './project-roots.ts'
import { stackLines, stackOf } from './stack.ts'

export interface Frame {
  /** `load`, `async Patients.load`, `new Pool`, `Object.<anonymous>`. */
  readonly name?: string
  /** Relative to the project (`src/load.ts`), or to `node_modules` (`pg/lib/client.js`), or `node:fs`. */
  readonly file: string
  readonly line: string
  readonly column: string
}

export const framesMax = 30
const lineCharsMax = 600
/** How often one error may make us ask the disk. */
const looksMax = 40

/** Up to 30 frames, innermost first. The error must be `inert`: see `type.ts`. `message` is its message as it is now. */
export function framesOf(error: object, message = ''): Frame[] {
  const stack = stackOf(error)
  if (stack === undefined) return []
  const { lines, trusted } = stackLines(stack, message)
  const frames: Frame[] = []
  let looks = looksMax
  for (const [at, line] of lines.entries()) {
    if (frames.length === framesMax) break
    const parsed = parseFrame(line)
    if (parsed === undefined) continue
    const { frame, path } = parsed
    if (at >= lines.length - trusted) frames.push(frame)
    else if (looks-- > 0 && exists(path)) frames.push({ file: frame.file, line: frame.line, column: frame.column })
  }
  return frames
}

/** `load (src/load.ts:10:5)`. */
export function frameText({ name = '<anonymous>', file, line, column }: Frame): string {
  return `${name} (${file}:${line}:${column})`
}

/** One line of a stack, from its four blanks on, as `frameText` writes it; undefined when it is none. */
export function frameOfLine(line: string): string | undefined {
  const parsed = parseFrame(line)
  return parsed && frameText(parsed.frame)
}

const placeShape = /^(.{1,500}):(\d{1,6}):(\d{1,7})$/

function parseFrame(text: string): { frame: Frame; path: string } | undefined {
  if (text.length > lineCharsMax) return undefined
  const frame = text.slice(7)
  // The last one: a name may have brackets of its own.
  const open = frame.endsWith(')') ? frame.lastIndexOf(' (') : -1
  const place = open < 0 ? frame.replace(/^async /, '') : frame.slice(open + 2, -1)
  const [, path, line, column] = placeShape.exec(place) ?? []
  if (path === undefined || line === undefined || column === undefined) return undefined
  const file = fileOf(path)
  if (file === undefined) return undefined
  const name = open < 0 ? undefined : nameOf(frame.slice(0, open))
  return { frame: { ...(name === undefined ? {} : { name }), file, line, column }, path }
}

const nameShape =
  /^(?:async )?(?:new )?(?:[gs]et )?(?:[A-Za-z_$#][\w$]{0,63}|<anonymous>|<computed>)(?:\.(?:[A-Za-z_$#][\w$]{0,63}|<anonymous>|<computed>)){0,6}(?: \[as [A-Za-z_$#][\w$.]{0,63}\])?$/
const names = new BoundedCache<string>(1_000)

function nameOf(text: string): string | undefined {
  const before = names.get(text)
  if (before !== undefined) return before === '' ? undefined : before
  const name = text.length <= 100 && nameShape.test(text) && !/\d{5}/.test(text) && !isSecretPart(text) ? text : ''
  names.set(text.slice(0, lineCharsMax), name)
  return name === '' ? undefined : name
}

function isSecretPart(name: string): boolean {
  return name.split(/[ .[\]]/).some((part) => part.length > 64 || looksPersonal(part))
}

const files = new BoundedCache<string>(1_000)

function fileOf(path: string): string | undefined {
  const before = files.get(path)
  if (before !== undefined) return before === '' ? undefined : before
  const file = readPath(path) ?? ''
  files.set(path, file)
  return file === '' ? undefined : file
}

function readPath(given: string): string | undefined {
  if (given.startsWith('node:')) return /^node:[\w/-]{1,100}$/.test(given) ? given : undefined
  const path = absolutePath(given)
  if (path === undefined || /\/\.{0,2}\//.test(path)) return undefined
  const modules = path.lastIndexOf('/node_modules/')
  if (modules >= 0) return ordinary(path.slice(modules + 14), packageFile)
  const root = projectRoots.find((one) => path.startsWith(one))
  return root === undefined ? undefined : ordinary(path.slice(root.length), projectFile)
}

/** With forward slashes, without the scheme and what bundlers add behind a question mark. */
function absolutePath(given: string): string | undefined {
  let path = given
  if (path.startsWith('file://')) {
    path = path.slice(7).split(/[?#]/, 1)[0] ?? ''
    if (path.includes('%')) {
      try {
        path = decodeURIComponent(path)
      } catch {
        return undefined
      }
    }
    if (/^\/[A-Za-z]:\//.test(path)) path = path.slice(1)
  }
  if (path.startsWith('/')) return path
  return /^[A-Za-z]:[\\/]/.test(path) ? path.replaceAll('\\', '/') : undefined
}

/** `pg/lib/client.js`, `@aws-sdk/client-sts/dist-cjs/index.js`. */
const packageFile = /^(?:@[\w.-]{1,80}\/)?[\w.-]{1,100}(?:\/[\w$@.+~-]{1,100}){1,20}$/
/** Also folders as routers use them: `app/(shop)/[id]/page.tsx`. */
const projectFile = /^[\w$@.+~\-()[\] ]{1,100}(?:\/[\w$@.+~\-()[\] ]{1,100}){0,20}$/

function ordinary(path: string, shape: RegExp): string | undefined {
  return path.length <= 300 && shape.test(path) && !path.split('/').some(looksPersonal) ? path : undefined
}

const existing = new BoundedCache<boolean>(1_000)

/** Whether a file that a text names is there: what is not may be anything. */
function exists(given: string): boolean {
  if (given.startsWith('node:')) return isBuiltin(given)
  const path = absolutePath(given)
  // Nobody else decides where on the disk we look.
  if (path === undefined || !projectRoots.some((root) => path.startsWith(root))) return false
  const before = existing.get(path)
  if (before !== undefined) return before
  const is = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  existing.set(path, is)
  return is
}
