/**
 * The verifier keys by which a witness knows a trail: one for each anchor log and key, named for the stream, so that it stands
 * for every writer the service will ever begin. Rotations count where both keys signed them.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findStreams } from '@trailmark/ledger'
import { formatVkey, parseRotationNote, signatureTypes, verifierKey } from '@trailmark/ledger/notes'
import { CliError } from '../errors.ts'

/** Sorted. Throws CLI_NOT_FOUND when the trail has no anchor log, and what `findStreams` throws. */
export async function trailVkeys(root: string): Promise<string[]> {
  const streams = (await findStreams(root)).filter(({ stream }) => stream === 'anchor')
  const found = new Set<string>()
  for (const { dir, origin, publicKey } of streams) {
    const name = origin.slice(0, origin.lastIndexOf('/'))
    for (const key of await keysSince(dir, publicKey))
      found.add(formatVkey(verifierKey(name, signatureTypes.note, Buffer.from(key, 'base64'))))
  }
  if (found.size > 0) return [...found].sort()
  const why = 'it begins when a service starts with an anchor, or with trailmark anchor'
  throw new CliError('CLI_NOT_FOUND', `the trail at ${root} has no anchor log; ${why}`)
}

/** The key a writer began with, and those it was handed over to: a witness has to know the one that signs now. */
async function keysSince(dir: string, first: string): Promise<Set<string>> {
  const keys = new Set([first])
  const names = await readdir(join(dir, 'keys')).catch(() => [])
  for (const name of names.filter((one) => /^[0-9]{12}\.note$/.test(one)).sort()) {
    const bytes = await readFile(join(dir, 'keys', name)).catch(() => Buffer.alloc(0))
    const rotation = parseRotationNote(bytes)
    if (rotation && keys.has(rotation.from)) keys.add(rotation.to)
  }
  return keys
}
