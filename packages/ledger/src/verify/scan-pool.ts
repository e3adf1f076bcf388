/**
 * Threads that read segments beside each other. Where none can be started (a bundle without the file of the worker, a
 * permission that is missing) this thread reads instead; one that dies at its work ends the verification with an error.
 */
import { Worker } from 'node:worker_threads'
import { LedgerError } from '../errors.ts'
import { type SegmentFacts, type SegmentJob, scanSegment } from './scan-segment.ts'
import type { Scanner } from './scan-signed.ts'

export type FromWorker =
  | { readonly ready: true }
  | { readonly bytes: number }
  | { readonly facts: SegmentFacts | undefined }

/** Reads in this thread, one segment after the other. */
export const inThisThread: Scanner = { width: 0, scan: scanSegment }

interface Task {
  readonly job: SegmentJob
  readonly onBytes: (bytes: number) => void
  resolve(facts: SegmentFacts | undefined): void
  reject(reason: unknown): void
}

export class ScanPool implements Scanner {
  readonly width: number
  readonly #idle: Thread[] = []
  readonly #threads = new Set<Thread>()
  readonly #tasks: Task[] = []
  #ended: { readonly reason: unknown } | undefined

  constructor(workers: number) {
    this.width = workers
    for (let i = 0; i < workers; i++) this.#start()
  }

  scan(job: SegmentJob, onBytes: (bytes: number) => void): Promise<SegmentFacts | undefined> {
    if (this.#ended) return Promise.reject(this.#ended.reason)
    if (this.#threads.size === 0) return scanSegment(job, onBytes)
    return new Promise((resolve, reject) => {
      this.#tasks.push({ job, onBytes, resolve, reject })
      this.#next()
    })
  }

  /** Whatever is waited for rejects with this. */
  end(reason: unknown): void {
    this.#ended ??= { reason }
    for (const task of this.#tasks.splice(0)) task.reject(reason)
    for (const thread of this.#threads) thread.task?.reject(reason)
  }

  async close(): Promise<void> {
    this.end(new LedgerError('LEDGER_VERIFY_INTERRUPTED', 'the verification is over'))
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()))
  }

  #start(): void {
    let worker: Worker
    try {
      worker = startWorker()
    } catch {
      return
    }
    const thread: Thread = { worker, isReady: false, task: undefined }
    this.#threads.add(thread)
    let problem: unknown
    worker.on('message', (message: FromWorker) => this.#hear(thread, message))
    worker.on('messageerror', (error) => this.#lose(thread, error))
    worker.on('error', (error) => (problem = error))
    worker.on('exit', () => this.#lose(thread, problem))
  }

  #hear(thread: Thread, message: FromWorker): void {
    const { task } = thread
    if ('bytes' in message) {
      try {
        task?.onBytes(message.bytes)
      } catch (error) {
        task?.reject(error)
      }
      return
    }
    thread.task = undefined
    thread.isReady = true
    if ('facts' in message) task?.resolve(message.facts)
    this.#idle.push(thread)
    this.#next()
  }

  /** A thread that never came up is done without; from one that was at work, an answer is missing. */
  #lose(thread: Thread, problem: unknown): void {
    if (thread.isReady && !this.#ended) {
      const why = problem === undefined ? 'it ended' : String(problem)
      const message = `a thread of the verification is gone (${why}): nothing was concluded`
      this.end(new LedgerError('LEDGER_VERIFY_INTERRUPTED', message, { cause: problem }))
    }
    this.#threads.delete(thread)
    if (this.#threads.size > 0 || this.#ended) return
    for (const { job, onBytes, resolve, reject } of this.#tasks.splice(0))
      scanSegment(job, onBytes).then(resolve, reject)
  }

  #next(): void {
    while (this.#tasks.length > 0) {
      const thread = this.#idle.pop()
      if (!thread) return
      const task = this.#tasks.shift()
      if (!task) return
      thread.task = task
      thread.worker.postMessage(task.job)
    }
  }
}

interface Thread {
  readonly worker: Worker
  /** It has said that it runs. */
  isReady: boolean
  task: Task | undefined
}

/** Nothing of this process is handed on: what its flags and its environment load has no business in a thread that hashes. */
function startWorker(): Worker {
  const file = new URL('./scan-worker.ts', import.meta.url)
  if (import.meta.url.endsWith('.js')) file.pathname = file.pathname.replace(/ts$/, 'js')
  return new Worker(file, { execArgv: [], env: {} })
}
