/**
 * A bar on stderr for work that takes longer than a second, where a person is looking; nothing at all elsewhere.
 */
import type { Screen } from './terminal.ts'

export interface Progress {
  /** Cheap: draws at most ten times a second. */
  update(done: number, total: number): void
  /** Takes the bar off the screen, before anything else is printed. */
  clear(): void
}

const silentMs = 1_000
const redrawMs = 100
const barChars = 24

export function progressBar(label: string, screen: Screen, now: () => number): Progress {
  if (!screen.tty) return { update: () => undefined, clear: () => undefined }
  const startMs = now()
  let drawnMs = 0
  let visible = false
  return {
    update(done, total) {
      const ms = now()
      if (ms - startMs < silentMs || ms - drawnMs < redrawMs) return
      drawnMs = ms
      visible = true
      const share = total > 0 ? Math.min(1, done / total) : 0
      const filled = Math.round(share * barChars)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barChars - filled)}`
      screen.draw(`\r\u001b[K${label} ${bar} ${Math.floor(share * 100)} %`)
    },
    clear() {
      if (visible) screen.draw('\r\u001b[K')
      visible = false
    },
  }
}
