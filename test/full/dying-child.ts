/**
 * A process that kills itself right before its disk call number `<call>`, in the middle of whatever it does then:
 * `node dying-child.ts <dir> <call>`. Prints what is durable; ends by itself when it makes no such call.
 */
import { writeSync } from 'node:fs'
import { type Ledger, openLedger } from '@trailmark/ledger'
import { FaultDisk } from '../../packages/ledger/src/fault-disk.fixture.ts'
import { testSigner } from '../../packages/ledger/src/signer.fixture.ts'

const [dir = '', call = '0'] = process.argv.slice(2)
const disk = new FaultDisk(({ index, name, path }) => {
  if (index !== Number(call)) return undefined
  writeSync(1, `dies before ${name} ${path}\n`)
  process.kill(process.pid, 'SIGKILL')
  return 'before'
})

function open(): Ledger {
  const options = { origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer: testSigner() }
  return openLedger({ dir, disk, ...options })
}

async function write(ledger: Ledger, id: string): Promise<void> {
  await ledger.append(`"id":"${id}"`).durable
  writeSync(1, `durable ${id}\n`)
}

const first = open()
await Promise.all([write(first, 'a'), write(first, 'b')])
await write(first, 'c')
await first.seal()
await write(first, 'd')
while (first.state.checkpoint?.size !== 4) await new Promise((resolve) => setTimeout(resolve, 5))
await write(first, 'e')
await first.close()
const second = open()
await write(second, 'f')
second.append('"id":"g"')
second.closeSync()
writeSync(1, 'durable g\n')
