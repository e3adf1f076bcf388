/** How a measuring process begins and ends: a home of its own, and a result for whoever started it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `work` with records and keys in a folder of its own, and ends the process. */
export async function inHome(work: () => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'guard-'))
  Object.assign(process.env, {
    NODE_ENV: 'production',
    TRAILMARK_DIR: join(home, 'records'),
    TRAILMARK_KEYS_DIR: join(home, 'keys'),
  })
  try {
    await work()
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  process.exit(0)
}

/** Lines go to standard output, so the result goes to the parent or, by hand, to standard error. */
export function hand(result: object): void {
  if (process.send === undefined) process.stderr.write(`${JSON.stringify(result, undefined, 2)}\n`)
  else process.send(result)
}
