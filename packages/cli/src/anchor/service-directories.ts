/** The services below a root: the directories in which streams lie. */
import { dirname } from 'node:path'
import { findStreams } from '@trailmark/ledger'

/** `<root>/<service>`, sorted. Throws as `findStreams` does. */
export async function serviceDirectories(root: string): Promise<string[]> {
  const streams = await findStreams(root)
  return [...new Set(streams.map(({ dir }) => dirname(dirname(dir))))].sort()
}
