/**
 * A process of its own that writes to a ledger and prints what was acknowledged: `node writing-child.fixture.ts <dir> <name>
 * <entries> <in flight> [wait]`. With 0 entries it writes until it is killed;
 * with `wait` it opens and then waits for a byte on its standard input.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { openLedger } from './append/open.ts'
import { testSigner } from './signer.fixture.ts'

const [dir = '', name = '', entries = '0', together = '16', wait] = process.argv.slice(2)
const ledger = openLedger({
  dir,
  origin: 'clinic/audit.standard',
  stream: 'audit',
  retentionClass: 'standard',
  signer: testSigner(),
})
const { writer, next, previous, recovered } = ledger.opening
writeSync(1, `open ${JSON.stringify({ writer, next, previous, cut: recovered?.bytes ?? 0 })}\n`)

if (wait) {
  await once(process.stdin, 'data')
  process.stdin.destroy()
}

let given = 0
const write = async (): Promise<void> => {
  while (Number(entries) === 0 || given < Number(entries)) {
    const id = `${name}.${given++}`
    await ledger.append(`"id":"${id}","fill":"${'x'.repeat((given * 37) % 900)}"`).durable
    writeSync(1, `${id}\n`)
  }
}
await Promise.all(Array.from({ length: Number(together) }, write))
await ledger.close()
