/** Work that only computes, shared out over the cores: each share in a thread of its own. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { fromSources } from '../process/repository.ts'

/**
 * Runs `program` once for each share, with it as `workerData`, as many at a time as there are cores (at most four). Resolves
 * with what each posted first; rejects with the first error of any.
 */
export async function onAllCores<T>(program: URL, shares: readonly object[]): Promise<T[]> {
  const results: T[] = []
  const waiting = shares.map((share, i) => async () => {
    results[i] = await run<T>(program, share)
  })
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next()
  }
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane))
  return results
}

async function run<T>(program: URL, workerData: object): Promise<T> {
  const worker = new Worker(program, { workerData, execArgv: [fromSources] })
  try {
    return await new Promise<T>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the thread ended with ${code} and said nothing`)))
    })
  } finally {
    await worker.terminate()
  }
}
