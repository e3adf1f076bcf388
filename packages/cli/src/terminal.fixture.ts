/** A terminal for tests that keeps what is printed, in a process where nothing else is printed. */
import type { Screen, Terminal } from './terminal.ts'

export function recordingTerminal(
  cwd: string,
  nowMs: number,
  env: NodeJS.ProcessEnv = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const printed = { out: '', err: '' }
  const screen = (stream: 'out' | 'err'): Screen => ({
    tty: false,
    fits: false,
    columns: 80,
    paint: (_style, text) => text,
    write: async (text) => {
      printed[stream] += text
    },
    draw: (text) => {
      printed[stream] += text
    },
  })
  const terminal: Terminal = {
    out: screen('out'),
    err: screen('err'),
    env: { NODE_ENV: 'production', ...env },
    cwd,
    now: () => nowMs,
    signal,
    readerGone: () => false,
    note: (text) => {
      printed.err += `${text}\n`
    },
  }
  return { terminal, printed: () => ({ ...printed }) }
}
