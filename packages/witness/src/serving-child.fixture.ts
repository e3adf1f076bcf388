/** A process that serves a witness: `<dir> <vkey of the log> [<stage> before|after]`, and kills itself at that moment. */
import { realDisk } from '@trailmark/ledger'
import { interruptedDisk, stages } from './failing-disk.fixture.ts'
import { serveWitness } from './server.ts'
import { openWitness } from './witness.ts'

const [dir = '', vkey = '', stageName, when] = process.argv.slice(2)
const { disk, interruptNext } = interruptedDisk(realDisk)
const stage = stages.find((one) => one === stageName)
if (stage && (when === 'before' || when === 'after'))
  interruptNext({ stage, when }, () => process.kill(process.pid, 'SIGKILL'))
const witness = await openWitness({ dir, name: 'witness.example/w1', logs: [vkey], disk })
const { url } = await serveWitness({ witness })
process.stdout.write(`${JSON.stringify({ url, vkey: witness.vkey })}\n`)
