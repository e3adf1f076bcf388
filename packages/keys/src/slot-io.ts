/**
 * The calls that change slot files, each of which can be made in two ways: in the thread pool while the process runs, and
 * blocking in its last moments. Whoever writes says once what happens in which order, as a generator of such calls.
 *
 * A port, so that tests can make every call fail.
 */
import * as fs from 'node:fs'
import { promisify } from 'node:util'

/** One call, not made yet. */
export interface Step {
  now(): void
  later(): Promise<void>
}

export interface Opened extends Step {
  readonly fd: number
}

export interface SlotIo {
  /** Opens for reading and writing; creates the file for its owner alone when `create`. */
  open(path: string, create: boolean): Opened
  write(fd: number, bytes: Uint8Array, position: number): Step
  datasync(fd: number): Step
  close(fd: number): Step
  rename(from: string, to: string): Step
  /** A file that is gone already is fine. */
  remove(path: string): Step
  syncDirectory(path: string): Step
}

/** Runs the steps one after the other, blocking. Whoever says them may catch what one of them throws. */
export function runNow(steps: Iterable<Step>): void {
  const run = steps[Symbol.iterator]()
  for (let next = run.next(); next.done !== true; ) {
    try {
      next.value.now()
    } catch (error) {
      next = failedStep(run, error)
      continue
    }
    next = run.next()
  }
}

/** The same without blocking. */
export async function runLater(steps: Iterable<Step>): Promise<void> {
  const run = steps[Symbol.iterator]()
  for (let next = run.next(); next.done !== true; ) {
    try {
      await next.value.later()
    } catch (error) {
      next = failedStep(run, error)
      continue
    }
    next = run.next()
  }
}

/** Steps that do not depend on each other as one. It ends when all have ended, also when one fails: none may come later. */
export function inAnyOrder(steps: readonly Step[]): Step {
  return {
    now() {
      for (const step of steps) step.now()
    },
    async later() {
      const ended = await Promise.allSettled(steps.map((step) => step.later()))
      for (const one of ended) if (one.status === 'rejected') throw one.reason
    },
  }
}

function failedStep(run: Iterator<Step>, error: unknown): IteratorResult<Step> {
  if (run.throw === undefined) throw error
  return run.throw(error)
}

const { O_CREAT, O_RDWR } = fs.constants
// A FIFO in a file's place must not hang, and a link must not lead what is written out of the directory.
const careful = (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOFOLLOW ?? 0)
const openLater = promisify(fs.open)
const writeLater = promisify(fs.write)
const datasyncLater = promisify(fs.fdatasync)
const fsyncLater = promisify(fs.fsync)
const closeLater = promisify(fs.close)

class Opening implements Opened {
  fd = -1
  readonly #path: string
  readonly #flags: number

  constructor(path: string, create: boolean) {
    this.#path = path
    this.#flags = careful | O_RDWR | (create ? O_CREAT : 0)
  }

  now(): void {
    this.fd = fs.openSync(this.#path, this.#flags, 0o600)
  }

  async later(): Promise<void> {
    this.fd = await openLater(this.#path, this.#flags, 0o600)
  }
}

/** The file system of this machine. */
export const realIo: SlotIo = {
  open: (path, create) => new Opening(path, create),
  write: (fd, bytes, position) => ({
    now() {
      for (let done = 0; done < bytes.length; )
        done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done)
    },
    async later() {
      for (let done = 0; done < bytes.length; )
        done += (await writeLater(fd, bytes, done, bytes.length - done, position + done)).bytesWritten
    },
  }),
  datasync: (fd) => ({ now: () => fs.fdatasyncSync(fd), later: () => datasyncLater(fd) }),
  close: (fd) => ({ now: () => fs.closeSync(fd), later: () => closeLater(fd) }),
  rename: (from, to) => ({ now: () => fs.renameSync(from, to), later: () => fs.promises.rename(from, to) }),
  remove: (path) => ({
    now: () => fs.rmSync(path, { force: true }),
    later: () => fs.promises.rm(path, { force: true }),
  }),
  syncDirectory: (path) => ({
    now() {
      if (process.platform === 'win32') return
      const fd = fs.openSync(path, fs.constants.O_RDONLY)
      try {
        fs.fsyncSync(fd)
      } finally {
        fs.closeSync(fd)
      }
    },
    async later() {
      if (process.platform === 'win32') return
      const fd = await openLater(path, fs.constants.O_RDONLY)
      await fsyncLater(fd).finally(() => closeLater(fd))
    },
  }),
}
