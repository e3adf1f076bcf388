/** Verifies a trail with two threads and prints whether any answered: without their file, this thread would do it all. */
import { verify } from '@trailmark/ledger/verify'

let answered = false
process.on('worker', (worker) => worker.on('message', (message) => (answered ||= message.ready === true)))
const { ok } = await verify(process.argv[2], { workers: 2 })
console.log(JSON.stringify({ ok, answered }))
