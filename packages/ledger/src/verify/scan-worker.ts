/** A thread that reads segments for `scan-pool.ts`, one at a time, each with its own descriptor. */
import { parentPort } from 'node:worker_threads'
import type { FromWorker } from './scan-pool.ts'
import { type SegmentJob, scanSegment } from './scan-segment.ts'

parentPort?.on('message', (job: SegmentJob) => {
  void answer(job).then((message) => parentPort?.postMessage(message))
})
const ready: FromWorker = { ready: true }
parentPort?.postMessage(ready)

/** Anything unforeseen ends the thread, and so the verification. */
async function answer(job: SegmentJob): Promise<FromWorker> {
  const onBytes = (bytes: number): void => {
    const message: FromWorker = { bytes }
    parentPort?.postMessage(message)
  }
  const facts = await scanSegment(job, onBytes, { blocking: true })
  return { facts }
}
