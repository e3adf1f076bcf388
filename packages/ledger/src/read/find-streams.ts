/** Finds the streams below a root by their LEDGER.json. */
import { join } from 'node:path'
import { metaFile } from '../layout.ts'
import { metaBytesMax, parseMeta } from '../meta.ts'
import type { StreamInfo } from '../stream.ts'
import { readSmallFile } from './small-file.ts'
import { findWriterDirectories } from './walk.ts'

/**
 * Every writer directory below `root` whose LEDGER.json can be read, sorted by path. One whose LEDGER.json is missing or
 * damaged cannot be described and is left out: `verify` reports it.
 * Throws LEDGER_DIR_MISSING, LEDGER_DIR_NOT_DIRECTORY, LEDGER_DIR_UNUSABLE.
 */
export async function findStreams(root: string): Promise<StreamInfo[]> {
  const streams: StreamInfo[] = []
  for (const dir of await findWriterDirectories(root)) {
    const bytes = await readSmallFile(join(dir, metaFile), metaBytesMax).catch(() => undefined)
    const meta = bytes && parseMeta(bytes)
    if (!meta || typeof meta === 'string') continue
    const { service, stream, retentionClass, writer, origin, created, publicKey } = meta
    streams.push({ dir, service, stream, retentionClass, writer, origin, created, publicKey })
  }
  return streams
}
