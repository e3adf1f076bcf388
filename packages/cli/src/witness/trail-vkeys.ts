/**
 * The verifier keys by which a witness knows a trail: one for each anchor log and key, named for the stream, so that it stands
 * for every writer the service will ever begin.
 */
import { findStreams } from '@trailmark/ledger'
import { formatVkey, signatureTypes, verifierKey } from '@trailmark/ledger/notes'
import { CliError } from '../errors.ts'

/** Sorted. Throws CLI_NOT_FOUND when the trail has no anchor log, and what `findStreams` throws. */
export async function trailVkeys(root: string): Promise<string[]> {
  const streams = await findStreams(root)
  const keys = streams
    .filter(({ stream }) => stream === 'anchor')
    .map(({ origin, publicKey }) => {
      const name = origin.slice(0, origin.lastIndexOf('/'))
      return formatVkey(verifierKey(name, signatureTypes.note, Buffer.from(publicKey, 'base64')))
    })
  if (keys.length > 0) return [...new Set(keys)].sort()
  const why = 'it begins when a service starts with an anchor, or with trailmark anchor'
  throw new CliError('CLI_NOT_FOUND', `the trail at ${root} has no anchor log; ${why}`)
}
