/**
 * The roots that somebody kept outside of the trail: in an earlier answer of `trailmark verify --json`, or in the notes an anchor kept.
 *
 * Of answers only signed ones are taken: what was newer than the checkpoint could still be cut off by a crash.
 */
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { HeldRoot } from '@trailmark/ledger/verify'
import { CliError, usageError } from './errors.ts'
import { parseHeldNotes } from './held-notes.ts'

const fileBytesMax = 64 * 1024 * 1024

/** Throws CLI_NOT_FOUND when the file cannot be read, CLI_USAGE when it holds no such answer. */
export async function readHeldRoots(text: string, cwd: string): Promise<HeldRoot[]> {
  const path = resolve(cwd, text)
  let content: string
  try {
    content = await readAll(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown failure'
    throw new CliError('CLI_NOT_FOUND', `--since cannot be read: ${reason}`, { cause: error })
  }
  const answered = parseHeldRoots(content)
  const roots = answered.length > 0 ? answered : parseHeldNotes(content)
  if (roots.length > 0) return roots
  throw usageError(
    `--since: ${path} holds no signed root; it takes what trailmark verify --json printed, or the notes of an anchor`,
  )
}

/** Bounded while it is read: what is no regular file has no size. */
async function readAll(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      length += chunk.length
      if (length > fileBytesMax) throw new Error(`${path} is longer than 64 MiB`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    await file.close()
  }
}

/** The roots in the text, none when it holds none. Never throws. */
export function parseHeldRoots(text: string): HeldRoot[] {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return []
  }
  const { streams } = members(answer)
  return (Array.isArray(streams) ? streams : []).flatMap((stream: unknown) => {
    const { origin, checkpoint, keys } = members(stream)
    const { firstEpochKey } = members(keys)
    const { size, root } = members(checkpoint)
    const isRoot = typeof root === 'string' && /^[0-9a-f]{64}$/.test(root)
    if (typeof origin !== 'string' || origin === '' || typeof size !== 'number' || !isRoot) return []
    if (!Number.isSafeInteger(size) || size < 0) return []
    return [{ origin, size, root, ...(typeof firstEpochKey === 'string' && { firstEpochKey }) }]
  })
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
