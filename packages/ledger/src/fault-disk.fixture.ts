/** A disk, the real one or another, with every call counted, and any of them made to fail before or after it took effect. */
import { type Disk, type DiskLater, realDisk } from './disk.ts'

export interface Call {
  readonly index: number
  readonly name: string
  /** The path, as far as the call has one; else that of its descriptor. */
  readonly path: string
}

export type Verdict = 'before' | 'after' | undefined

export class FaultDisk implements Disk {
  readonly calls: Call[] = []
  readonly later: DiskLater
  readonly #death = Promise.withResolvers<never>()
  #dead = false
  /** Resolves before each call in the thread pool goes on; for delays. */
  wait: ((call: Call) => Promise<void> | undefined) | undefined
  errorCode = 'EIO'
  readonly #judge: (call: Call) => Verdict
  readonly #disk: Disk
  readonly #paths = new Map<number, string>()

  constructor(judge: (call: Call) => Verdict = () => undefined, disk: Disk = realDisk) {
    this.#judge = judge
    this.#disk = disk
    this.#death.promise.catch(() => {})
    const { later } = disk
    this.later = {
      open: async (path, mode) => this.#opened(await this.#run('later.open', path, () => later.open(path, mode)), path),
      read: (fd, bytes, offset, length, position) =>
        this.#run('later.read', fd, () => later.read(fd, bytes, offset, length, position)),
      write: (fd, bytes, offset, position) =>
        this.#run('later.write', fd, () => later.write(fd, bytes, offset, position)),
      datasync: (fd) => this.#run('later.datasync', fd, () => later.datasync(fd)),
      truncate: (fd, size) => this.#run('later.truncate', fd, () => later.truncate(fd, size)),
      close: (fd) => this.#run('later.close', fd, () => later.close(fd)),
      rename: (from, to) => this.#run('later.rename', to, () => later.rename(from, to)),
      remove: (path) => this.#run('later.remove', path, () => later.remove(path)),
      chmod: (path, mode) => this.#run('later.chmod', path, () => later.chmod(path, mode)),
      syncDirectory: (path) => this.#run('later.syncDirectory', path, () => later.syncDirectory(path)),
    }
  }

  /** Every call from now on fails before it takes effect: the process is dead. */
  die(): void {
    this.#dead = true
    this.#death.reject(new Error('the process is dead'))
  }

  get isDead(): boolean {
    return this.#dead
  }

  /** What the work gives, unless the process dies first: a dead process waits for nothing. */
  untilDead<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#death.promise])
  }

  makeDirectory = (path: string) => this.#runNow('makeDirectory', path, () => this.#disk.makeDirectory(path))
  list = (path: string) => this.#runNow('list', path, () => this.#disk.list(path))
  findFacts = (path: string) => this.#runNow('findFacts', path, () => this.#disk.findFacts(path))
  open: Disk['open'] = (path, mode) =>
    this.#opened(
      this.#runNow('open', path, () => this.#disk.open(path, mode)),
      path,
    )
  read: Disk['read'] = (fd, bytes, offset, length, position) =>
    this.#runNow('read', fd, () => this.#disk.read(fd, bytes, offset, length, position))
  write: Disk['write'] = (fd, bytes, offset, position) =>
    this.#runNow('write', fd, () => this.#disk.write(fd, bytes, offset, position))
  datasync = (fd: number) => this.#runNow('datasync', fd, () => this.#disk.datasync(fd))
  truncate = (fd: number, size: number) => this.#runNow('truncate', fd, () => this.#disk.truncate(fd, size))
  close = (fd: number) => this.#runNow('close', fd, () => this.#disk.close(fd))
  rename = (from: string, to: string) => this.#runNow('rename', to, () => this.#disk.rename(from, to))
  remove = (path: string) => this.#runNow('remove', path, () => this.#disk.remove(path))
  syncDirectory = (path: string) => this.#runNow('syncDirectory', path, () => this.#disk.syncDirectory(path))

  #run<T>(name: string, place: string | number, work: () => Promise<T>): Promise<T> {
    const call = this.#record(name, place)
    const verdict = this.#judged(call)
    if (verdict === 'before') return Promise.reject(this.#error(call))
    const waiting = this.wait?.(call)
    const done = waiting ? waiting.then(work) : work()
    return verdict === 'after' ? done.then(() => Promise.reject(this.#error(call))) : done
  }

  #runNow<T>(name: string, place: string | number, work: () => T): T {
    const call = this.#record(name, place)
    const verdict = this.#judged(call)
    if (verdict === 'before') throw this.#error(call)
    const result = work()
    if (verdict === 'after') throw this.#error(call)
    return result
  }

  #record(name: string, place: string | number): Call {
    const path = typeof place === 'string' ? place : (this.#paths.get(place) ?? '')
    const call = { index: this.calls.length, name, path }
    this.calls.push(call)
    return call
  }

  #judged(call: Call): Verdict {
    return this.#dead ? 'before' : this.#judge(call)
  }

  #error(call: Call): Error {
    return Object.assign(new Error(`${this.errorCode}: made to fail, ${call.name} ${call.path}`), {
      code: this.errorCode,
    })
  }

  #opened(fd: number, path: string): number {
    this.#paths.set(fd, path)
    return fd
  }
}
