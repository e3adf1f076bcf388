/**
 * The lock file of the application's dependencies, as a hash: whether other code was installed than at the last start.
 *
 * Looked for from the working directory upwards, because a workspace has one for all its packages. Only its hash is kept.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

const names = ['pnpm-lock.yaml', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'bun.lock', 'bun.lockb']
const bytesMax = 67_108_864

/** SHA-256 of the nearest lock file, in hexadecimal; undefined where there is none of at most 64 MiB. Never rejects. */
export async function hashLockfile(start: string): Promise<string | undefined> {
  try {
    for (let dir = resolve(start); ; dir = dirname(dir)) {
      for (const name of names) {
        const path = join(dir, name)
        const facts = await stat(path).catch(() => undefined)
        if (facts?.isFile() && facts.size <= bytesMax) return await hashFile(path)
      }
      if (dir === dirname(dir)) return undefined
    }
  } catch {
    return undefined
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { end: bytesMax })) hash.update(chunk)
  return hash.digest('hex')
}
