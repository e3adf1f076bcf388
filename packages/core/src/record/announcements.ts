/** What the trail tells of the process it lives in, as events: start, configuration, end. Facts, never left out by policy. */
import type { EventInput } from '../event.ts'
import type { ConfigurationChange, PartHashes } from './last-configuration.ts'
import type { Stalls } from './stall-watch.ts'

export interface Announcement {
  readonly type: string
  readonly event: EventInput
}

export interface StartFacts {
  readonly hash: string
  readonly parts: PartHashes
  readonly version?: string | undefined
  readonly ack: string
  readonly env: string
  /** What is weak about this set-up, by the catalogue's names. */
  readonly weak: Readonly<Record<string, boolean>>
}

const environments: Readonly<Record<string, string>> = {
  production: 'production',
  staging: 'staging',
  test: 'test',
  development: 'development',
}
const gitSha = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/
const platforms: ReadonlySet<string> = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openbsd',
  'sunos',
  'win32',
])

/** What every `stream_open` and the start-up record say of the process. */
export function processFacts(hash: string, parts: PartHashes): Record<string, string | number> {
  return {
    config_hash: hash,
    policy_hash: parts.policy,
    node_version: process.versions.node,
    platform: platforms.has(process.platform) ? process.platform : 'other',
    pid: process.pid,
  }
}

export function startAnnouncement(facts: StartFacts): Announcement {
  const metadata = {
    ...processFacts(facts.hash, facts.parts),
    ...facts.weak,
    ack: facts.ack,
    environment: environments[facts.env] ?? 'other',
    ...(facts.version !== undefined && gitSha.test(facts.version) && { git_version: facts.version }),
  }
  return { type: 'application_startup', event: { metadata } }
}

export function changeAnnouncement(change: ConfigurationChange): Announcement {
  return { type: 'config_change', event: { reason: 'start', metadata: { ...change } } }
}

export function levelAnnouncement(requested: string, applied: string, source: string): Announcement {
  const asked = requested === 'TRACE' || requested === 'DEBUG'
  const metadata = { requested: asked ? requested : 'other', applied, source }
  return { type: 'level_refused', event: { reason: asked ? 'production' : 'unknown_level', metadata } }
}

export interface StopFacts {
  readonly reason: 'requested' | 'signal' | 'exit' | 'uncaught_exception' | 'unhandled_rejection'
  readonly uptimeMs: number
  readonly unflushed: number
  readonly signal?: string
  readonly exitCode?: number
}

export function stopAnnouncement(facts: StopFacts): Announcement {
  const { reason, uptimeMs, unflushed, signal, exitCode } = facts
  const metadata = {
    unflushed_count: unflushed,
    uptime_s: Math.max(0, Math.round(uptimeMs / 1_000)),
    ...(signal === undefined ? {} : { signal }),
    ...(exitCode === undefined ? {} : { exit_code: exitCode & 255 }),
  }
  return { type: 'application_shutdown', event: { reason, metadata } }
}

export function clockAnnouncement(jumpMs: number): Announcement {
  const direction = jumpMs > 0 ? 'forward' : 'backward'
  return { type: 'clock_jump', event: { metadata: { jump_ms: jumpMs, direction } } }
}

export function stallAnnouncement({ longestMs, stalls }: Stalls): Announcement {
  return { type: 'event_loop_stalled', event: { metadata: { longest_ms: longestMs, stalls } } }
}
