/** Verifier keys as operators hand them around: a word on the command line, or a file with one on each line. */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseVkey } from '@trailmark/ledger/notes'
import { CliError, usageError } from '../errors.ts'

const fileBytesMax = 1_048_576

/** Every key in the texts and files, in order. Throws CLI_USAGE for a line that is none, CLI_NOT_FOUND for a missing file. */
export async function readVkeys(texts: readonly string[], cwd: string, option = 'log'): Promise<string[]> {
  const found: string[] = []
  for (const text of texts) {
    if (parseVkey(text.trim())) found.push(text.trim())
    // A verifier key that was mistyped is no file that is missing.
    else if (/\+[0-9a-fA-F]{8}\+/.test(text))
      throw usageError(`--${option}: ${JSON.stringify(text.slice(0, 200))} is mistyped`)
    else found.push(...(await readFile(resolve(cwd, text), option)))
  }
  return [...new Set(found)]
}

/** Empty lines and lines that begin with # mean nothing. */
async function readFile(path: string, option: string): Promise<string[]> {
  const keys: string[] = []
  for (const [n, text] of (await readStart(path, option)).split('\n').entries()) {
    const line = text.trim()
    if (line === '' || line.startsWith('#')) continue
    if (!parseVkey(line)) throw usageError(`--${option}: ${path} line ${n + 1} is no verifier key`)
    keys.push(line)
  }
  if (keys.length === 0) throw usageError(`--${option}: ${path} holds no verifier key`)
  return keys
}

async function readStart(path: string, option: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const bytes = Buffer.alloc(fileBytesMax + 1)
      let length = 0
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      if (length > fileBytesMax) throw new Error(`${path} is longer than ${fileBytesMax} bytes`)
      return bytes.toString('utf8', 0, length)
    } finally {
      await file.close()
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown failure'
    throw new CliError('CLI_NOT_FOUND', `--${option} is no verifier key, and no file that can be read: ${why}`, {
      cause: error,
    })
  }
}
