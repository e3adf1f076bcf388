/** Logs for the benchmarks of the ledger: the lines they hold, who signs them, and one written as fast as it goes. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { type OpenOptions, openLedger, type Signer } from '@trailmark/ledger'

export const bodyBytes = 740
/** With the frame and the line feed, about. */
export const lineBytes = bodyBytes + 45
export const body = `"text":"${'x'.repeat(bodyBytes - 9)}"`

export function benchOptions(dir: string): OpenOptions {
  return { dir, origin: 'bench/audit.standard', stream: 'audit', retentionClass: 'standard', signer: benchSigner() }
}

function benchSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { publicKey: Buffer.from(x, 'base64url'), sign: (message) => sign(null, message, privateKey) }
}

/** A closed log of so many entries as core writes them; returns its writer directory. */
export async function writeLog(dir: string, entries: number): Promise<string> {
  const ledger = openLedger(benchOptions(dir))
  const text = 'x'.repeat(bodyBytes - 250)
  for (let i = 0; i < entries; i++) {
    const type = i === 0 ? 'stream_open' : i === entries - 1 ? 'stream_close' : 'data_access'
    const id = `019bc0de-0000-7000-8000-${String(i).padStart(12, '0')}`
    const receipt = ledger.append(
      `"schema":"audit/1","timestamp":"2026-01-15T08:00:00.000Z","id":"${id}","seq":${i},"stream":"audit","level":"INFO","severity":1,"event_type":"${type}","text":"${text}"`,
    )
    if (i % 4096 === 4095) await receipt.durable
  }
  await ledger.close()
  return ledger.dir
}
