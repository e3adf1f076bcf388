import { execFileSync } from 'node:child_process'
import { closeSync, constants, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLineWriter } from './line-writer.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-lines-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function openFile(delayMs = 0) {
  const path = join(dir, 'out.log')
  const fd = openSync(path, 'w')
  let lost = 0
  const writer = createLineWriter({
    fd,
    delayMs,
    onLost: (lines) => {
      lost += lines
    },
  })
  return {
    fd,
    writer,
    size: () => fstatSync(fd).size,
    lost: () => lost,
    lines: () => readFileSync(path, 'utf8').split('\n').slice(0, -1),
  }
}

describe('the line writer', () => {
  it('writes every line once, in order, whole', async () => {
    const { writer, lines, fd } = openFile()
    const sent = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'ü'.repeat(i % 50)}`)
    for (const line of sent) writer.write(line)
    await writer.flush()
    expect(lines()).toEqual(sent)
    closeSync(fd)
  })

  it('writes what waits when the process ends', () => {
    const { writer, lines, fd } = openFile()
    writer.write('a')
    writer.write('b')
    writer.flushSync()
    expect(lines()).toEqual(['a', 'b'])
    closeSync(fd)
  })

  it('writes nothing before its time, and then everything, also what came while it wrote', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { writer, size, fd } = openFile(50)
      const passes = async (ms: number): Promise<void> => {
        vi.advanceTimersByTime(ms)
        // A write takes a few turns of the event loop, whatever the timers say.
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      }
      writer.write('a')
      await passes(49)
      expect(size()).toBe(0)
      vi.advanceTimersByTime(1)
      writer.write('b')
      while (size() < 2) await passes(0)
      await passes(49)
      expect(size()).toBe(2)
      while (size() < 4) await passes(1)
      closeSync(fd)
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not wait for the time when a batch is full', async () => {
    const { writer, size, lines, fd } = openFile(3_600_000)
    const sent = Array.from({ length: 3_000 }, (_, i) => `line ${i} ${'ü'.repeat(50)}`)
    for (const line of sent) writer.write(line)
    await expect.poll(size, { timeout: 20_000 }).toBe(Buffer.byteLength(`${sent.join('\n')}\n`))
    expect(lines()).toEqual(sent)
    closeSync(fd)
  })

  it('takes lines that are longer than a batch', async () => {
    const { writer, lines, fd } = openFile()
    const sent = ['short', 'x'.repeat(65_535), 'y'.repeat(65_536), '\u20ac'.repeat(100_000), 'short']
    for (const line of sent) writer.write(line)
    await writer.flush()
    expect(lines()).toEqual(sent)
    closeSync(fd)
  })

  it('gives up for good, and counts, when nobody can read any more', async () => {
    const { writer, fd, lost } = openFile()
    closeSync(fd)
    writer.write('a')
    writer.write('b')
    await writer.flush()
    expect(lost()).toBe(2)
    writer.write('c')
    await writer.flush()
    writer.flushSync()
    expect(lost()).toBe(3)
  })
})

describe.skipIf(process.platform === 'win32')('a reader that is slow', () => {
  /** A pipe whose both ends are ours: it takes 64 KiB and then says EAGAIN. */
  function openPipe() {
    const path = join(dir, 'pipe')
    execFileSync('mkfifo', [path])
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    let read = ''
    return {
      fd,
      readSome() {
        const bytes = Buffer.alloc(16_384)
        try {
          read += bytes.toString('latin1', 0, readSync(fd, bytes))
        } catch {
          // Nothing there at the moment.
        }
        return read
      },
    }
  }

  it('gets everything in the end', async () => {
    const { fd, readSome } = openPipe()
    const writer = createLineWriter({ fd, delayMs: 0, onLost: () => expect.unreachable() })
    const sent = Array.from({ length: 10_000 }, (_, i) => `line ${i} ${'x'.repeat(40)}`)
    for (const line of sent) writer.write(line)
    const all = `${sent.join('\n')}\n`
    await expect.poll(() => readSome().length, { interval: 1, timeout: 20_000 }).toBe(all.length)
    expect(readSome()).toBe(all)
    closeSync(fd)
  })

  it('that has stopped costs the lines beyond the bound, which are counted, and no memory without end', () => {
    const { fd } = openPipe()
    let lost = 0
    const writer = createLineWriter({
      fd,
      delayMs: 0,
      onLost: (lines) => {
        lost += lines
      },
    })
    const line = 'x'.repeat(1_023)
    for (let i = 0; i < 20_000; i++) writer.write(line)
    expect(lost).toBeGreaterThan(11_000)
    expect(lost).toBeLessThan(12_000)
  })
})
