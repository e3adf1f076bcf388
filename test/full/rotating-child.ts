/**
 * A process that writes to eight ledgers of one stream and ends a segment every so often:
 * `node rotating-child.ts <dir> <name> <entries>`. Prints the id of each entry that is durable.
 */
import { writeSync } from 'node:fs'
import { openLedger } from '@trailmark/ledger'
import { testSigner } from '../../packages/ledger/src/signer.fixture.ts'

const [dir = '', name = '', entries = '0'] = process.argv.slice(2)
const writers = 8
const perSegment = 40

async function write(lane: number): Promise<void> {
  const options = { origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer: testSigner() }
  const ledger = openLedger({ dir, ...options })
  for (let given = 0; given < Number(entries); given += 8) {
    const batch = Array.from({ length: 8 }, async (_, i) => {
      const id = `${name}.${lane}.${given + i}`
      await ledger.append(`"id":"${id}","fill":"${'x'.repeat(((given + i) * 37) % 900)}"`).durable
      return id
    })
    writeSync(1, `${(await Promise.all(batch)).join('\n')}\n`)
    if (given % perSegment === 0) await ledger.seal()
  }
  await ledger.close()
}

await Promise.all(Array.from({ length: writers }, (_, lane) => write(lane)))
