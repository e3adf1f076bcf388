/**
 * Which code ran at the last start: the service's version and its dependencies, as the hash of their lock file. A change of
 * either is a record of its own, so that an investigator sees on which side of it something happened.
 */
import type { Announcement } from './announcements.ts'
import { readRemembered, writeRemembered } from './remembered.ts'

export interface Run {
  /** Of the service: a git commit or a version number. */
  readonly version?: string | undefined
  /** SHA-256 of the lock file, 64 hexadecimal digits. */
  readonly lockfile?: string | undefined
}

const fileName = 'run'
const commit = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/
const version = /^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$/
const digest = /^[0-9a-f]{64}$/

/**
 * What is to be told of code that is not that of the last start in this directory; then remembers the present. What is not
 * known now, or was not then, changes nothing. Never throws.
 */
export function rememberRun(serviceDir: string, current: Run): Announcement[] {
  const before = readRemembered(serviceDir, fileName)
  const now = { ...before, ...known('version', current.version), ...known('lockfile', current.lockfile) }
  if (before?.version !== now.version || before?.lockfile !== now.lockfile) writeRemembered(serviceDir, fileName, now)
  return [...deployed(before?.version, now.version), ...updated(before?.lockfile, now.lockfile)]
}

function known(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value }
}

function deployed(before: string | undefined, now: string | undefined): Announcement[] {
  if (before === undefined || now === undefined || before === now) return []
  const metadata = { ...named('', now), ...named('previous_', before) }
  return [{ type: 'deployment', event: { reason: 'start', metadata } }]
}

function named(prefix: string, value: string): Record<string, string> {
  if (commit.test(value)) return { [`${prefix}commit`]: value }
  return version.test(value) ? { [`${prefix}version`]: value } : {}
}

function updated(before: string | undefined, now: string | undefined): Announcement[] {
  if (before === undefined || now === undefined || before === now || !digest.test(before)) return []
  return [
    { type: 'dependency_updated', event: { reason: 'start', metadata: { lockfile: now, previous_lockfile: before } } },
  ]
}
