/**
 * Work that may wait, but not longer than the process has anything else to do: a script that awaits what this work brings
 * would otherwise end before it, since our timers keep no process alive.
 */
const waiting = new Set<() => void>()

/** Calls back once, when the process is about to end because nothing is left to do. Returns how to take it back. */
export function whenIdle(work: () => void): () => void {
  if (waiting.size === 0) process.on('beforeExit', callAll)
  waiting.add(work)
  return () => leave(work)
}

function callAll(): void {
  for (const work of [...waiting]) {
    leave(work)
    work()
  }
}

function leave(work: () => void): void {
  if (waiting.delete(work) && waiting.size === 0) process.off('beforeExit', callAll)
}
