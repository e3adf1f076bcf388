/**
 * Looks after the subject keys while the process runs: once at the start and then once an hour, months of anonymous visitors
 * that are over for long are destroyed, and the key-encryption key is renewed when it is a day old.
 */
import type { SubjectKeys } from '@trailmark/keys'
import type { EventInput } from './event.ts'

export interface KeyKeeperParts {
  readonly notice: (code: string, message: string) => void
  readonly announce: (type: string, event: EventInput) => void
}

const everyMs = 3_600_000

/** To be called as often as one likes with the time. Never throws and never waits. */
export function createKeyKeeper(subjects: SubjectKeys | undefined, parts: KeyKeeperParts): (nowMs: number) => void {
  const store = 'file'
  let lastMs = Number.NEGATIVE_INFINITY
  let busy = false
  if (subjects === undefined) return () => undefined
  return (nowMs) => {
    if (busy || Math.abs(nowMs - lastMs) < everyMs) return
    lastMs = nowMs
    busy = true
    subjects
      .tend(nowMs)
      .then(({ expired, keks }) => {
        for (const key_id of expired) {
          parts.announce('key_destroyed', { reason: 'expired', metadata: { key_id, store, purpose: 'subject' } })
        }
        for (const number of keks) {
          const metadata = { key_id: `kek-${number}`, store, purpose: 'wrapping' }
          parts.announce('key_destroyed', { reason: 'rotation', metadata })
        }
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        parts.notice('AUDIT_KEYS', `subject keys could not be looked after: ${reason}; tried again in an hour`)
      })
      .finally(() => {
        busy = false
      })
  }
}
