/**
 * Which service this is: its name, version, environment and instance, as every record says them.
 *
 * What the options leave out is read from the nearest package.json and from `.git`, by reading files alone: a start must
 * not depend on a `git` command, and a container often has neither. Whatever cannot be read is simply left out.
 */
import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { AuditError } from './errors.ts'
import type { ServiceOptions } from './options.ts'

export interface ServiceIdentity {
  readonly name: string
  readonly version?: string
  readonly env: string
  readonly instance: string
}

/** Where to look. Tests name other places. */
export interface Surroundings {
  readonly cwd: string
  /** The script that was started, if any. */
  readonly script?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The name becomes a directory and part of every checkpoint's origin. */
const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const wordShape = /^[\x21-\x7e]{1,64}$/

/** The service's identity. Throws AUDIT_OPTION_INVALID for a name, version, env or instance that records cannot hold. */
export function readService(option: string | ServiceOptions | undefined, around: Surroundings): ServiceIdentity {
  const given = typeof option === 'string' ? { name: option } : (option ?? {})
  for (const key of ['name', 'version', 'env', 'instance'] as const)
    checkWord(`service.${key}`, given[key], key === 'name')
  const found = findPackage(around)
  const version = given.version ?? readGitVersion(found?.dir ?? around.cwd) ?? found?.version
  return {
    name: given.name ?? plainName(found?.name) ?? plainName(basename(around.cwd)) ?? 'service',
    ...(version !== undefined && { version }),
    env: given.env ?? word(around.env.NODE_ENV) ?? 'unset',
    instance: given.instance ?? `${word(hostname())?.slice(0, 48) ?? 'host'}-${process.pid}`,
  }
}

function checkWord(option: string, value: unknown, isName: boolean): void {
  if (value === undefined) return
  if (typeof value === 'string' && (isName ? nameShape : wordShape).test(value)) return
  const rule = isName ? 'letters, digits and . _ -, beginning with a letter or digit' : 'printable ASCII without spaces'
  throw new AuditError('AUDIT_OPTION_INVALID', `${option}: must be 1 to 64 characters of ${rule}`)
}

const word = (text: string | undefined) => (text !== undefined && wordShape.test(text) ? text : undefined)

/** `@acme/clinic` as `acme-clinic`: scopes stay, because two of them may have a service of one name. */
function plainName(name: string | undefined): string | undefined {
  const plain = name
    ?.replace(/^@/, '')
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 64)
  return plain !== undefined && nameShape.test(plain) ? plain : undefined
}

interface FoundPackage {
  readonly dir: string
  readonly name?: string
  readonly version?: string
}

/** The nearest package.json with a name: above the working directory, else above the script (a service manager starts in /). */
function findPackage(around: Surroundings): FoundPackage | undefined {
  const above = findPackageAbove(around.cwd)
  if (above !== undefined || around.script === undefined) return above
  return findPackageAbove(dirname(resolve(around.cwd, around.script)))
}

function findPackageAbove(start: string): FoundPackage | undefined {
  for (const dir of upwards(start)) {
    const manifest = parseObject(readShort(join(dir, 'package.json'), 1_048_576))
    const name = text(manifest?.name)
    const version = word(text(manifest?.version))
    if (name !== undefined) return { dir, name, ...(version !== undefined && { version }) }
  }
  return undefined
}

/** The commit that is checked out around `start`: 40 (or 64) hex digits. Undefined outside a repository. */
export function readGitVersion(start: string): string | undefined {
  for (const dir of upwards(start)) {
    const gitDir = findGitDir(dir)
    if (gitDir !== undefined) return readHead(gitDir)
  }
  return undefined
}

/** `.git` is a directory, or in worktrees and submodules a file that says where the directory is. */
function findGitDir(dir: string): string | undefined {
  const path = join(dir, '.git')
  try {
    if (statSync(path).isDirectory()) return path
  } catch {
    return undefined // Not there, or above what this process may see.
  }
  const elsewhere = /^gitdir: (.+)$/m.exec(readShort(path, 4_096) ?? '')?.[1]
  return elsewhere === undefined ? undefined : resolve(dir, elsewhere.trim())
}

const shaShape = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

function readHead(gitDir: string): string | undefined {
  const head = readShort(join(gitDir, 'HEAD'), 4_096)?.trim()
  if (head === undefined || shaShape.test(head)) return head
  const ref = /^ref: (refs\/[^\s]{1,200})$/.exec(head)?.[1]
  if (ref === undefined || ref.includes('..')) return undefined
  // A worktree has its own HEAD and shares the branches of the main directory.
  const common = resolve(gitDir, readShort(join(gitDir, 'commondir'), 4_096)?.trim() ?? '.')
  const loose = readShort(join(gitDir, ref), 256)?.trim() ?? readShort(join(common, ref), 256)?.trim()
  return loose !== undefined && shaShape.test(loose) ? loose : findPacked(join(common, 'packed-refs'), ref)
}

function findPacked(path: string, ref: string): string | undefined {
  for (const line of readShort(path, 8_388_608)?.split('\n') ?? []) {
    const space = line.indexOf(' ')
    if (line.slice(space + 1) === ref && shaShape.test(line.slice(0, space))) return line.slice(0, space)
  }
  return undefined
}

function* upwards(start: string): Generator<string> {
  for (let dir = resolve(start); ; dir = dirname(dir)) {
    yield dir
    if (dir === dirname(dir)) return
  }
}

/** A regular file's text, if it is there, readable and no larger than `bytesMax`. */
function readShort(path: string, bytesMax: number): string | undefined {
  try {
    const facts = statSync(path)
    return facts.isFile() && facts.size <= bytesMax ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

function parseObject(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(json)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
