import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate as goRound } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { allIds, crashCopy, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { Ledger } from '../ledger.ts'

afterEach(() => void vi.useRealTimers())

const delayMs = 20

/** A ledger that collects, past its first entry, which never waits. Only the test lets time go by. */
async function collecting(): Promise<{ ledger: Ledger; root: string; writes: () => number }> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const root = temporaryDirectory()
  const disk = new FaultDisk()
  const ledger = openTest(root, { disk, commitDelayMs: delayMs })
  await ledger.append('"id":"first"').durable
  const isLines = ({ name, path }: { name: string; path: string }): boolean =>
    name === 'later.write' && path.endsWith('.jsonl')
  const before = disk.calls.filter(isLines).length
  return { ledger, root, writes: () => disk.calls.filter(isLines).length - before }
}

/** Turns enough for a batch to be written, if one is. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await goRound()
}

describe('entries that nobody waits for', () => {
  it('are written together once the oldest has waited its time', async () => {
    const { ledger, root, writes } = await collecting()
    for (const id of ['a', 'b', 'c']) {
      ledger.append(`"id":"${id}"`)
      await turns()
    }
    vi.advanceTimersByTime(delayMs - 1)
    await turns()
    expect(writes()).toBe(0)
    expect(ledger.state).toMatchObject({ next: 4, durable: 0, queuedEntries: 3 })
    vi.advanceTimersByTime(1)
    await vi.waitFor(() => expect(ledger.state.durable).toBe(3))
    expect(writes()).toBe(1)
    // What comes behind a batch waits its time again.
    ledger.append('"id":"d"')
    await turns()
    expect(writes()).toBe(1)
    await ledger.close()
    expect(await allIds(root)).toEqual(['first', 'a', 'b', 'c', 'd'])
  })

  it('go with one that somebody waits for, whichever of its promises is read, and when', async () => {
    const { ledger, writes } = await collecting()
    ledger.append('"id":"a"')
    await ledger.append('"id":"b"').durable
    const read = ledger.append('"id":"c"')
    ledger.append('"id":"d"')
    await turns()
    expect(await read.acknowledged).toEqual({ writer: ledger.writer, n: 3 })
    expect(ledger.state.durable).toBe(4)
    expect(writes()).toBe(2)
    expect(await read.durable).toEqual({ writer: ledger.writer, n: 3 })
    await ledger.close()
  })

  it.each(['head', 'flush', 'seal', 'close', 'flushSync', 'many', 'much'])('do not wait behind: %s', async (what) => {
    const { ledger } = await collecting()
    ledger.append('"id":"a"')
    if (what === 'head') ledger.append('"id":"b"', true)
    if (what === 'flush') await ledger.flush()
    if (what === 'seal') await ledger.seal()
    if (what === 'close') await ledger.close()
    if (what === 'flushSync') ledger.flushSync()
    if (what === 'many') for (let i = 0; i < 1024; i++) ledger.append('"id":"b"')
    if (what === 'much') for (let i = 0; i < 5; i++) ledger.append(`"id":"${'b'.repeat(60_000)}"`)
    await vi.waitFor(() => expect(ledger.state).toMatchObject({ queuedEntries: 0, durable: ledger.state.next - 1 }))
    await ledger.close()
    expect(process.listenerCount('beforeExit')).toBe(0)
  })

  it('are all that a crash takes', async () => {
    const { ledger, root } = await collecting()
    ledger.append('"id":"a"')
    const whileWaiting = openTest(crashCopy(root))
    expect(whileWaiting.opening.next).toBe(1)
    await ledger.append('"id":"b"').durable
    const afterwards = openTest(crashCopy(root))
    expect(afterwards.opening.next).toBe(3)
    for (const one of [ledger, whileWaiting, afterwards]) await one.close()
  })
})

describe('an entry that another ledger adopts', () => {
  it('is written at once there when somebody had asked for it here', async () => {
    let fail = false
    const disk = new FaultDisk(({ name, path }) =>
      fail && name === 'later.datasync' && path.endsWith('.jsonl') ? 'before' : undefined,
    )
    const failing = openTest(temporaryDirectory(), { disk, commitDelayMs: 1_000 })
    await failing.append('"id":"first"').durable
    fail = true
    const asked = failing.append('"id":"asked"')
    const { durable } = asked
    await vi.waitFor(() => expect(failing.state.failure?.final).toBe(true))
    const root = temporaryDirectory()
    const next = openTest(root, { commitDelayMs: 1_000 })
    await next.append('"id":"opening"').durable
    next.adopt(failing.takeUnacknowledged(), (body) => body)
    expect(await durable).toEqual({ writer: next.writer, n: 1 })
    expect(await asked.acknowledged).toEqual({ writer: next.writer, n: 1 })
    await next.close()
    failing.closeSync()
  })
})

describe('a process with nothing else to do', () => {
  it('writes what waits before it ends', () => {
    const source = `
      import { openLedger } from ${JSON.stringify(fileURLToPath(new URL('./open.ts', import.meta.url)))}
      import { testSigner } from ${JSON.stringify(fileURLToPath(new URL('../signer.fixture.ts', import.meta.url)))}
      const dir = ${JSON.stringify(join(temporaryDirectory(), 'clinic', 'audit.standard'))}
      const options = { dir, origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer: testSigner() }
      const ledger = openLedger({ ...options, commitDelayMs: 1000 })
      await ledger.append('"id":"first"').durable
      ledger.append('"id":"second"')
      process.on('exit', () => console.log(ledger.state.durable))`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1\n', stderr: '' })
  })
})
