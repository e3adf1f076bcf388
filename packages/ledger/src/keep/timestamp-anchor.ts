/**
 * An RFC 3161 timestamp authority as an anchor: a third party signs that this checkpoint existed at this time, and what it signed is
 * kept beside the log.
 *
 * It remembers nothing, so it refuses no rollback; but no key of ours can make its tokens, and so nobody can write history anew
 * with an old date, the operator with all his keys included.
 */
import { hash, randomBytes } from 'node:crypto'
import { LedgerError } from '../errors.ts'
import type { Anchor, AnchorEvidence } from './anchor.ts'
import { anchorName, anchorTimeoutMs, refused, unreachable, withDeadline } from './anchor-limits.ts'
import { type Answer, addressOf, post } from './http-post.ts'
import { type Certificate, readCertificates } from './timestamp-certificate.ts'
import { type Timestamp, verifyTimestamp } from './timestamp-check.ts'
import {
  formatTimestampRequest,
  nonceBytes,
  nonceFrom,
  timestampRequestType,
  timestampResponseType,
} from './timestamp-request.ts'
import { TimestampDenied, timestampBytesMax } from './timestamp-response.ts'

export interface TimestampAnchorOptions {
  /** Where the authority answers, http or https: what it answers is signed. */
  readonly url: string
  /**
   * PEM of the certificate that vouches for it (usually its root), one or several. Without it everything is checked but who signed,
   * and every publication says so.
   */
  readonly certificate?: string | readonly string[]
  /** Names its evidence files, `[a-z0-9-]{1,40}`; `timestamp` by default. */
  readonly name?: string
  /** How long one publication may take; 10,000 ms by default. */
  readonly timeoutMs?: number
}

/**
 * Has the SHA-256 of every checkpoint's exact note timestamped, checks the answer in full, and gives it as evidence `.tsr`, which
 * `openssl ts -verify` and `checkTimestamp` accept.
 *
 * Rejects with LEDGER_ANCHOR_UNREACHABLE when no answer of at most 65,536 bytes comes in time or the server fails (5xx), and with
 * LEDGER_ANCHOR_REFUSED when the authority declines or its answer does not hold; the cause has a LEDGER_TIMESTAMP code. Tells when the
 * authority's clock and this machine's are more than a minute apart. Throws LEDGER_OPTION_INVALID for options that cannot be.
 *
 *     const anchors = [timestampAnchor({ url: 'https://tsa.example/tsr', certificate: readFileSync('tsa-root.pem', 'utf8') })]
 */
export function timestampAnchor(options: TimestampAnchorOptions): Anchor {
  const name = anchorName(options.name ?? 'timestamp')
  const timeoutMs = anchorTimeoutMs(options.timeoutMs ?? 10_000)
  const url = addressOf('url', options.url)
  const { certificate } = options
  const trusted =
    certificate === undefined
      ? undefined
      : readCertificates(typeof certificate === 'string' ? [certificate] : certificate, 'certificate')
  return {
    name,
    publish: ({ note }, _tree, signal) =>
      withDeadline(name, timeoutMs, signal, async (until) => {
        const nonce = nonceFrom(randomBytes(nonceBytes))
        const answer = await post({
          url,
          headers: { 'content-type': timestampRequestType, accept: timestampResponseType },
          body: formatTimestampRequest(hash('sha256', note, 'buffer'), nonce),
          answerBytesMax: timestampBytesMax,
          signal: until,
        })
        requireReply(name, answer)
        return evidenceIn(name, { note, answer: answer.body, nonce, trusted })
      }),
  }
}

/** A status that is no 200, or a page of HTML, is not worth parsing. */
function requireReply(name: string, { status, type }: Answer): void {
  if (status >= 500) throw unreachable(name, `the authority answers with status ${status}`)
  if (status !== 200) throw refused(name, `the authority answers with status ${status}`)
  if (type !== timestampResponseType)
    throw refused(name, `the authority answers with ${JSON.stringify(type)}, not a timestamp`)
}

interface Reply {
  readonly note: string
  readonly answer: Uint8Array
  readonly nonce: Uint8Array
  readonly trusted: readonly Certificate[] | undefined
}

function evidenceIn(name: string, { note, answer, nonce, trusted }: Reply): AnchorEvidence {
  try {
    const timestamp = verifyTimestamp(note, answer, { trusted, nonce })
    return { suffix: 'tsr', bytes: answer, detail: describe(timestamp, trusted) }
  } catch (error) {
    if (error instanceof TimestampDenied) throw refused(name, `the authority declines: ${error.message}`, error)
    const why = error instanceof LedgerError ? `${error.code}: ${error.message}` : 'its answer cannot be read'
    throw refused(name, why, error)
  }
}

const clocksMsMax = 60_000

function describe({ time, authority }: Timestamp, trusted: readonly Certificate[] | undefined): string {
  const apartMs = Date.parse(time) - Date.now()
  const clocks = `its clock is ${Math.abs(Math.round(apartMs / 1000))} s ${apartMs > 0 ? 'ahead of' : 'behind'} this machine's`
  return [
    `${time} by ${authority}`,
    ...(trusted ? [] : ['no certificate is pinned, so anybody may have signed']),
    ...(Math.abs(apartMs) > clocksMsMax ? [clocks] : []),
  ].join('; ')
}
