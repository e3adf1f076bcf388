/** Verifying beside OpenSSL hashing blocks of the same length, on one core and on two at once. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { verify } from '@trailmark/ledger/verify'
import { lineBytes } from './ledger-log.ts'

/** Megabytes a second of a log that is sound. */
export async function verifyRate(dir: string, workers: number): Promise<number> {
  const started = performance.now()
  const report = await verify(dir, { workers })
  if (!report.ok) throw new Error('the ledger that was just written does not verify')
  const bytes = report.streams.reduce((sum, stream) => sum + stream.bytes, 0)
  return bytes / (performance.now() - started) / 1000
}

/** Megabytes a second of `openssl speed` in so many processes together; undefined where there is no openssl. */
export async function opensslRate(processes: number): Promise<number | undefined> {
  const args = [
    'speed',
    '-mr',
    '-seconds',
    '1',
    '-evp',
    'sha256',
    '-bytes',
    String(lineBytes),
    '-multi',
    String(processes),
  ]
  try {
    const { stdout } = await promisify(execFile)('openssl', args)
    // `+F:22:sha256:1234567.89`, or with `-multi` the sum of all under the same mark.
    const rates = [...stdout.matchAll(/^\+F:\d+:[^:\n]+:([0-9.]+)$/gm)].map((match) => Number(match[1]))
    const rate = rates.at(-1)
    return rate === undefined ? undefined : rate / 1e6
  } catch {
    return undefined
  }
}
