/**
 * Which trail is meant, and whether reading it has to be recorded.
 *
 * The configured trail is `TRAILMARK_DIR`, else `./.trailmark`. Anything inside it, and anything it lies in, is the same
 * trail by another name; links are followed, so that a name cannot make a copy of an original.
 */
import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Invocation, OptionTable } from './command.ts'
import { CliError } from './errors.ts'
import type { Terminal } from './terminal.ts'

export interface Location {
  /** The directory to read. */
  readonly root: string
  /** The directory of the configured trail, where reads are recorded. */
  readonly configured: string
  readonly keysDir: string
  /** True when `root` is a copy outside of the configured trail. */
  readonly copy: boolean
}

export const locationOptions: OptionTable = {
  dir: { type: 'string', value: 'path', help: 'the trail to read; default TRAILMARK_DIR, else ./.trailmark' },
  keys: {
    type: 'string',
    value: 'path',
    help: 'the keys directory; default TRAILMARK_KEYS_DIR, else ./.trailmark-keys',
  },
}

/** The directories that options, environment and working directory name, whether they exist or not. */
export function placesOf(invocation: Invocation, { env, cwd }: Terminal, positional?: string): Omit<Location, 'copy'> {
  const configured = resolve(cwd, env.TRAILMARK_DIR || '.trailmark')
  const root = resolve(cwd, positional ?? invocation.text('dir') ?? configured)
  const keysDir = resolve(cwd, invocation.text('keys') ?? (env.TRAILMARK_KEYS_DIR || '.trailmark-keys'))
  return { root, configured, keysDir }
}

/** Where to read. Throws CLI_NOT_FOUND when there is nothing. */
export async function locate(invocation: Invocation, terminal: Terminal, positional?: string): Promise<Location> {
  const places = placesOf(invocation, terminal, positional)
  const { root, configured } = places
  const real = await realpath(root).catch(() => undefined)
  if (real === undefined) throw new CliError('CLI_NOT_FOUND', `no trail at ${root}: set TRAILMARK_DIR, or give --dir`)
  const realConfigured = await realpath(configured).catch(() => configured)
  return { ...places, copy: !contains(realConfigured, real) && !contains(real, realConfigured) }
}

/** True when `inner` is `outer` or lies below it. */
export function contains(outer: string, inner: string): boolean {
  const path = relative(outer, inner)
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path))
}
