import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

/** Runs the command line as a person would, on the clinic's trail and keys; resolves to its exit code. */
export function trailmark(home: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=@trailmark/source', main, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { COLUMNS: '120', ...process.env, TRAILMARK_DIR: join(home, 'trail'), TRAILMARK_KEYS_DIR: join(home, 'keys') },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 3))
  })
}
