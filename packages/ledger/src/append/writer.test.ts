import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LedgerError } from '../errors.ts'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { allEntries, allIds, crashCopy, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { Ledger, LedgerFact } from '../ledger.ts'
import { bodyBytesMax } from '../line.ts'
import { verify } from '../verify.ts'

const segmentPath = (ledger: Ledger): string => join(ledger.dir, 'seg', '000000000000.jsonl')
const segmentNames = (ledger: Ledger): string[] =>
  readdirSync(join(ledger.dir, 'seg')).filter((name) => name.endsWith('.jsonl'))

describe('append', () => {
  it('gives indexes in the order of the calls, heads first, and the first entry before all', async () => {
    const ledger = openTest(temporaryDirectory())
    const receipts = [
      ledger.append('"id":"open"'),
      ledger.append('"id":"a"'),
      ledger.append('"id":"b"'),
      ledger.append('"id":"urgent 1"', true),
      ledger.append('"id":"urgent 2"', true),
    ]
    const places = await Promise.all(receipts.map((one) => one.durable))
    expect(places.map((place) => place.n)).toEqual([0, 3, 4, 1, 2])
    await ledger.close()
    expect(await allIds(join(ledger.dir, '..'))).toEqual(['open', 'urgent 1', 'urgent 2', 'a', 'b'])
  })

  it('refuses what the format cannot hold, and takes what just fits', async () => {
    const ledger = openTest(temporaryDirectory())
    for (const body of ['', '"a":1\n', `"a":"${'é'.repeat(bodyBytesMax / 2)}"`]) {
      expect(() => ledger.append(body)).toThrow(LedgerError)
    }
    const longest = `"a":"${'x'.repeat(bodyBytesMax - 6)}"`
    await ledger.append(longest).durable
    await ledger.close()
    const [entry] = await allEntries(join(ledger.dir, '..'))
    expect(entry?.line).toContain(longest)
    expect(() => ledger.append('"a":1')).toThrow(expect.objectContaining({ code: 'LEDGER_CLOSED' }))
  })

  it('stores every character as it was given', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    const texts = ['\u0000\u001f', '\ud800', '\udfff\ud800', '😀', '\u2028', '",\\"h\\":\\"', '\ufeff', '/'.repeat(9)]
    for (const text of texts) ledger.append(JSON.stringify({ id: text }).slice(1, -1))
    await ledger.close()
    expect(await allIds(root)).toEqual(texts)
    expect((await verify(root)).ok).toBe(true)
  })

  it('cuts batches to size without losing or mixing up anything', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (let i = 0; i < 9000; i++) ledger.append(`"id":"${i}","fill":"${'x'.repeat(i % 400)}"`)
    for (let i = 0; i < 40; i++) ledger.append(`"id":"big ${i}","fill":"${'x'.repeat(60_000)}"`)
    expect(ledger.state).toMatchObject({ queuedEntries: 9040, next: 9040, durable: -1 })
    await ledger.flush()
    expect(ledger.state).toMatchObject({ queuedEntries: 0, queuedBytes: 0, next: 9040, durable: 9039, healthy: true })
    await ledger.close()
    const ids = await allIds(root)
    expect(ids).toEqual([
      ...Array.from({ length: 9000 }, (_, i) => String(i)),
      ...Array.from({ length: 40 }, (_, i) => `big ${i}`),
    ])
    expect((await verify(root)).ok).toBe(true)
  })
})

describe('a receipt', () => {
  it('never resolves before fdatasync has returned, however long that takes', async () => {
    const order: string[] = []
    const disk = new FaultDisk()
    disk.wait = (call) => {
      if (call.name !== 'later.datasync' || !call.path.endsWith('.jsonl')) return undefined
      order.push('begun')
      return sleep(20).then(() => void order.push('synced'))
    }
    const ledger = openTest(temporaryDirectory(), { disk })
    for (let round = 0; round < 5; round++) {
      order.length = 0
      const receipt = ledger.append(`"round":${round}`)
      await Promise.all([
        receipt.acknowledged.then(() => order.push('acknowledged')),
        receipt.durable.then(() => order.push('durable')),
      ])
      expect(order).toEqual(['begun', 'synced', 'acknowledged', 'durable'])
    }
    await ledger.close()
  })

  it('of a ledger that acknowledges writes resolves twice, and flush brings the second', async () => {
    const disk = new FaultDisk()
    const ledger = openTest(temporaryDirectory(), { disk, ack: 'written' })
    await ledger.append('"id":"first"').durable
    const receipt = ledger.append('"id":"second"')
    expect(await receipt.acknowledged).toEqual({ writer: ledger.writer, n: 1 })
    expect(ledger.state.durable).toBe(0)
    await ledger.flush()
    expect(ledger.state.durable).toBe(1)
    expect(await receipt.durable).toEqual({ writer: ledger.writer, n: 1 })
    await ledger.append('"id":"third"').durable
    await ledger.close()
  })

  it('of a ledger that acknowledges at once has no index until it is durable', async () => {
    const ledger = openTest(temporaryDirectory(), { ack: 'queued' })
    const receipt = ledger.append('"id":"a"')
    expect(await receipt.acknowledged).toEqual({ writer: ledger.writer, n: -1 })
    expect(await receipt.durable).toEqual({ writer: ledger.writer, n: 0 })
    await ledger.close()
  })

  it('read late is already settled, and always the same promise', async () => {
    const ledger = openTest(temporaryDirectory())
    const receipt = ledger.append('"id":"a"')
    await ledger.flush()
    expect(receipt.durable).toBe(receipt.durable)
    expect(await receipt.durable).toEqual(await receipt.acknowledged)
    await ledger.close()
  })

  it('nobody waits for never ends the process', async () => {
    const rejections: unknown[] = []
    const listen = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', listen)
    onTestFinished(() => void process.off('unhandledRejection', listen))
    const disk = new FaultDisk((call) =>
      call.name === 'later.write' && call.path.endsWith('.jsonl') ? 'before' : undefined,
    )
    const ledger = openTest(temporaryDirectory(), { disk })
    const receipt = ledger.append('"id":"a"')
    void receipt.durable
    ledger.append('"id":"b"')
    await expect(ledger.close()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(receipt.acknowledged).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await sleep(5)
    expect(rejections).toEqual([])
  })
})

describe('a segment', () => {
  it('ends at the next index divisible by 65,536 and is then read-only', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (let i = 0; i < 65_540; i++) ledger.append(`"id":"${i}"`)
    await ledger.close()
    expect(segmentNames(ledger)).toEqual(['000000000000.jsonl', '000000065536.jsonl'])
    expect(statSync(segmentPath(ledger)).mode & 0o777).toBe(0o444)
    expect((await verify(root)).streams[0]).toMatchObject({ entries: 65_540, integrity: { ok: true } })
    const again = openTest(root)
    expect(again.opening).toMatchObject({ next: 65_540, previous: 'closed' })
    await again.close()
  })

  it('ends before it would be longer than 64 MiB', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    const fill = 'x'.repeat(65_000)
    for (let i = 0; i < 1100; i++) ledger.append(`"id":"${i}","fill":"${fill}"`)
    await ledger.close()
    const sizes = segmentNames(ledger).map((name) => statSync(join(ledger.dir, 'seg', name)).size)
    expect(sizes).toHaveLength(2)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024 * 1024)
    expect((await verify(root)).ok).toBe(true)
  })

  it('that is not empty ends after an hour, and one that was sealed is not written again', async () => {
    let ahead = 0
    const clock = { now: () => Date.now() + ahead }
    const root = temporaryDirectory()
    const ledger = openTest(root, { clock })
    await ledger.append('"id":"a"').durable
    ahead = 3_500_000
    await ledger.append('"id":"b"').durable
    ahead = 3_700_000
    await ledger.append('"id":"c"').durable
    await ledger.close()
    expect(segmentNames(ledger)).toEqual(['000000000000.jsonl', '000000000002.jsonl'])
    statSync(segmentPath(ledger))
    const again = openTest(root)
    await again.append('"id":"d"').durable
    await again.close()
    expect(segmentNames(ledger)).toHaveLength(2)
    expect(await allIds(root)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a disk that is full', () => {
  it('keeps the entries, says so once, and goes on when there is space, each entry exactly once', async () => {
    const root = temporaryDirectory()
    const facts: LedgerFact[] = []
    let full = false
    const disk = new FaultDisk((call) =>
      full && call.name === 'later.write' && call.path.endsWith('.jsonl') ? 'before' : undefined,
    )
    disk.errorCode = 'ENOSPC'
    const ledger = openTest(root, { disk, onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"0"').durable
    full = true
    const receipts = ['1', '2', '3'].map((id) => ledger.append(`"id":"${id}"`))
    await until(() => disk.calls.filter((call) => call.name === 'later.write').length > 4)
    receipts.push(ledger.append('"id":"4"'))
    expect(ledger.state).toMatchObject({
      healthy: false,
      queuedEntries: 4,
      failure: { code: 'LEDGER_FULL', final: false },
    })
    expect(facts).toMatchObject([{ kind: 'full', code: 'LEDGER_FULL' }])
    expect(ledger.takeUnacknowledged()).toEqual([])
    full = false
    await Promise.all(receipts.map((one) => one.durable))
    expect(ledger.state).toMatchObject({ healthy: true, queuedEntries: 0 })
    await ledger.close()
    expect(facts.map((fact) => fact.kind)).toEqual(['full', 'writable', 'closed'])
    expect(await allIds(root)).toEqual(['0', '1', '2', '3', '4'])
    expect((await verify(root)).ok).toBe(true)
  })

  it('that is a real one does the same', async (context) => {
    const mount = temporaryDirectory()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount])
    if (mounted.status !== 0) context.skip()
    onTestFinished(() => void spawnSync('umount', [mount]))
    const root = join(mount, 'audit.standard')
    const facts: LedgerFact[] = []
    const ledger = openTest(root, { onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"first"').durable
    const ballast = join(mount, 'ballast')
    writeFileSync(ballast, Buffer.alloc(100_000))
    const fill = 'x'.repeat(9000)
    const receipts = Array.from({ length: 20 }, (_, i) => ledger.append(`"id":"${i}","fill":"${fill}"`))
    await until(() => !ledger.state.healthy)
    expect(ledger.state.failure).toMatchObject({ code: 'LEDGER_FULL', final: false })
    rmSync(ballast)
    await Promise.all(receipts.map((one) => one.durable))
    await ledger.close()
    expect(facts.map((fact) => fact.kind)).toEqual(['full', 'writable', 'closed'])
    expect(await allIds(root)).toEqual(['first', ...Array.from({ length: 20 }, (_, i) => String(i))])
    expect((await verify(root)).ok).toBe(true)
  })

  it('at close rejects what cannot be kept and lets the directory go', async () => {
    const root = temporaryDirectory()
    let full = false
    const disk = new FaultDisk((call) =>
      full && call.name === 'later.write' && call.path.endsWith('.jsonl') ? 'before' : undefined,
    )
    disk.errorCode = 'ENOSPC'
    const ledger = openTest(root, { disk })
    await ledger.append('"id":"kept"').durable
    full = true
    const receipt = ledger.append('"id":"lost"')
    await expect(ledger.close()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(receipt.durable).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    const again = openTest(root)
    expect(again.opening).toMatchObject({ writer: ledger.writer, next: 1 })
    await again.close()
  })
})

describe('a failed fdatasync', () => {
  it('is final: its batch is adopted by a new ledger, under the same receipts, exactly once', async () => {
    const root = temporaryDirectory()
    const facts: LedgerFact[] = []
    let failing = false
    const disk = new FaultDisk((call) => (failing && call.name === 'later.datasync' ? 'before' : undefined))
    const ledger = openTest(root, { disk, onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"0"').durable
    failing = true
    const receipts = ['1', '2'].map((id) => ledger.append(`"id":"${id}"`))
    await until(() => facts.length > 0)
    receipts.push(ledger.append('"id":"3"'))
    expect(facts).toMatchObject([{ kind: 'failed', code: 'LEDGER_SYNC_FAILED' }])
    expect(ledger.state).toMatchObject({ healthy: false, failure: { final: true }, durable: 0 })
    await expect(ledger.flush()).rejects.toMatchObject({ code: 'LEDGER_SYNC_FAILED' })
    const syncs = disk.calls.filter((call) => call.name === 'later.datasync').length

    const next = openTest(root)
    expect(next.writer).not.toBe(ledger.writer)
    const pending = ledger.takeUnacknowledged()
    expect(pending).toHaveLength(3)
    next.append('"id":"open"')
    next.adopt(pending, (body) => body.replace('"id":"', '"id":"again '))
    const places = await Promise.all(receipts.map((one) => one.durable))
    expect(places).toEqual([1, 2, 3].map((n) => ({ writer: next.writer, n })))
    ledger.closeSync()
    await next.close()
    expect(disk.calls.filter((call) => call.name === 'later.datasync')).toHaveLength(syncs)
    expect((await allIds(root)).sort()).toEqual(['0', 'again 1', 'again 2', 'again 3', 'open'])
    expect((await verify(root)).streams.map((one) => one.integrity.ok)).toEqual([true, true])
  })

  it('of a ledger that acknowledged before it hands those entries on as well', async () => {
    const root = temporaryDirectory()
    let failing = false
    const disk = new FaultDisk((call) => (failing && call.name.endsWith('datasync') ? 'before' : undefined))
    const ledger = openTest(root, { disk, ack: 'written' })
    await ledger.append('"id":"0"').durable
    failing = true
    const receipt = ledger.append('"id":"1"')
    await receipt.acknowledged
    await expect(ledger.flush()).rejects.toMatchObject({ code: 'LEDGER_SYNC_FAILED' })
    const next = openTest(root)
    next.adopt(ledger.takeUnacknowledged(), (body) => body)
    await receipt.durable
    await next.close()
    ledger.closeSync()
    expect((await allIds(root)).sort()).toEqual(['0', '1'])
  })
})

describe('a segment that changes underneath', () => {
  const changes: Record<string, (ledger: Ledger, root: string) => void> = {
    'is deleted': (ledger) => rmSync(segmentPath(ledger)),
    'is deleted with its directory': (_, root) => rmSync(root, { recursive: true }),
    'is renamed': (ledger) => renameSync(segmentPath(ledger), `${segmentPath(ledger)}.1`),
    'is replaced by a copy': (ledger) => {
      const content = readFileSync(segmentPath(ledger))
      renameSync(segmentPath(ledger), `${segmentPath(ledger)}.1`)
      writeFileSync(segmentPath(ledger), content)
    },
    'is replaced by a file': (ledger, root) => {
      renameSync(root, `${root}.moved`)
      onTestFinished(() => rmSync(`${root}.moved`, { recursive: true, force: true }))
      writeFileSync(root, ledger.writer)
    },
  }

  it.each(Object.entries(changes))('because it %s is noticed before anything is promised', async (_, change) => {
    const root = temporaryDirectory()
    const facts: LedgerFact[] = []
    const ledger = openTest(root, { onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"0"').durable
    change(ledger, root)
    const receipt = ledger.append('"id":"1"')
    await until(() => facts.length > 0)
    expect(facts).toMatchObject([{ kind: 'failed', code: 'LEDGER_FILE_REPLACED' }])
    expect(ledger.takeUnacknowledged()).toHaveLength(1)
    expect(ledger.state.durable).toBe(0)
    ledger.closeSync()
    expect(await Promise.race([receipt.durable.catch(() => 'rejected'), sleep(20).then(() => 'open')])).toBe('open')
  })

  it('because it was shortened is noticed', async () => {
    const facts: LedgerFact[] = []
    const disk = new FaultDisk()
    const ledger = openTest(temporaryDirectory(), { disk, onFact: (fact) => facts.push(fact) })
    await ledger.append('"id":"0"').durable
    disk.wait = (call) =>
      call.name === 'later.datasync' ? Promise.resolve().then(() => truncateSync(segmentPath(ledger), 3)) : undefined
    ledger.append('"id":"1"')
    await until(() => facts.length > 0)
    expect(facts).toMatchObject([{ kind: 'failed', code: 'LEDGER_FILE_REPLACED' }])
    ledger.closeSync()
  })
})

describe('a lock that was taken over while the machine slept', () => {
  it('ends the ledger before it writes', async () => {
    const root = temporaryDirectory()
    let asleepMs = 0
    const facts: LedgerFact[] = []
    const options = { clock: { now: () => Date.now() + asleepMs }, onFact: (fact: LedgerFact) => facts.push(fact) }
    const ledger = openTest(root, options)
    await ledger.append('"id":"0"').durable
    const before = readFileSync(segmentPath(ledger))
    const lock = join(ledger.dir, 'LOCK')
    const other = readFileSync(lock, 'utf8').replace(/"token":"[^"]*"/, '"token":"another"')
    rmSync(lock)
    writeFileSync(lock, other)
    asleepMs = 16_000
    ledger.append('"id":"1"')
    await until(() => facts.length > 0)
    expect(facts).toMatchObject([{ kind: 'replaced', code: 'LEDGER_LOCK_REPLACED' }])
    expect(ledger.takeUnacknowledged()).toHaveLength(1)
    ledger.closeSync()
    expect(readFileSync(segmentPath(ledger))).toEqual(before)
    expect(readFileSync(lock, 'utf8')).toBe(other)
  })

  it('and is still ours is refreshed, and put back when somebody deleted it', async () => {
    let asleepMs = 0
    const ledger = openTest(temporaryDirectory(), { clock: { now: () => Date.now() + asleepMs } })
    await ledger.append('"id":"0"').durable
    const lock = join(ledger.dir, 'LOCK')
    const heartbeat = (): number => Number(/"heartbeat":(\d+)/.exec(readFileSync(lock, 'utf8'))?.[1])
    const before = heartbeat()
    asleepMs = 20_000
    await ledger.append('"id":"1"').durable
    expect(heartbeat()).toBeGreaterThanOrEqual(before + 20_000)
    rmSync(lock)
    asleepMs = 40_000
    await ledger.append('"id":"2"').durable
    expect(heartbeat()).toBeGreaterThanOrEqual(before + 40_000)
    await ledger.close()
    expect(readdirSync(ledger.dir)).not.toContain('LOCK')
  })
})

describe('flushSync', () => {
  it('makes everything durable, also while a batch is under way at any step', async () => {
    for (const step of ['later.open', 'later.write', 'later.datasync', 'later.syncDirectory']) {
      const root = temporaryDirectory()
      const disk = new FaultDisk()
      const gate = Promise.withResolvers<void>()
      let reached = false
      const ledger = openTest(root, { disk })
      disk.wait = (call) => {
        if (call.name !== step || reached) return undefined
        reached = true
        return gate.promise
      }
      const first = ledger.append('"id":"0"')
      await until(() => reached)
      ledger.append('"id":"1"')
      ledger.flushSync()
      expect(ledger.state, step).toMatchObject({ durable: 1, queuedEntries: 0 })
      expect(await first.durable).toEqual({ writer: ledger.writer, n: 0 })
      const copy = crashCopy(root)
      ledger.append('"id":"2"')
      ledger.flushSync()
      gate.resolve()
      await ledger.append('"id":"3"').durable
      await ledger.close()
      expect(await allIds(root), step).toEqual(['0', '1', '2', '3'])
      expect((await verify(root)).ok).toBe(true)
      const again = openTest(copy)
      expect(again.opening).toMatchObject({ next: 2 })
      expect(again.opening).not.toHaveProperty('recovered')
      again.closeSync()
    }
  })

  it('never throws for the disk, and keeps what it could not write', async () => {
    const root = temporaryDirectory()
    let full = false
    const disk = new FaultDisk((call) =>
      full && call.name.endsWith('write') && call.path.endsWith('.jsonl') ? 'before' : undefined,
    )
    disk.errorCode = 'ENOSPC'
    const ledger = openTest(root, { disk })
    await ledger.append('"id":"0"').durable
    full = true
    ledger.append('"id":"1"')
    ledger.flushSync()
    expect(ledger.state).toMatchObject({ healthy: false, durable: 0, queuedEntries: 1 })
    full = false
    ledger.flushSync()
    expect(ledger.state).toMatchObject({ healthy: true, durable: 1, queuedEntries: 0 })
    await ledger.close()
    expect(await allIds(root)).toEqual(['0', '1'])
  })
})

describe('closeSync', () => {
  it('signs and lets go like close, also with a batch under way', async () => {
    const root = temporaryDirectory()
    const disk = new FaultDisk()
    const gate = Promise.withResolvers<void>()
    const ledger = openTest(root, { disk })
    await ledger.append('"id":"0"').durable
    disk.wait = (call) => (call.name === 'later.write' && call.path.endsWith('.jsonl') ? gate.promise : undefined)
    ledger.append('"id":"1"')
    await until(() => disk.calls.at(-1)?.name === 'later.write')
    ledger.append('"id":"2"')
    ledger.closeSync()
    expect(() => ledger.append('"id":"3"')).toThrow(expect.objectContaining({ code: 'LEDGER_CLOSED' }))
    const again = openTest(root)
    expect(again.opening).toMatchObject({ writer: ledger.writer, next: 3, previous: 'closed' })
    await again.append('"id":"3"').durable
    gate.resolve()
    await sleep(10)
    await again.close()
    expect(await allIds(root)).toEqual(['0', '1', '2', '3'])
    expect((await verify(root)).ok).toBe(true)
    ledger.closeSync()
    await ledger.close()
  })
})

describe('a checkpoint', () => {
  it('follows what became durable by itself', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await ledger.append('"id":"0"').durable
    await until(() => ledger.state.checkpoint?.size === 1)
    await ledger.append('"id":"1"').durable
    await until(() => ledger.state.checkpoint?.size === 2)
    expect((await verify(root)).streams[0]?.checkpoint?.size).toBe(2)
    await ledger.close()
  })

  it('that cannot be signed stops nothing and shows in the state', async () => {
    const signer = testSigner()
    let failing = false
    const sign = (message: Uint8Array): Uint8Array | Promise<Uint8Array> => {
      if (failing) throw new Error('the key store is away')
      return signer.sign(message)
    }
    const root = temporaryDirectory()
    const ledger = openTest(root, { signer: { ...signer, sign } })
    failing = true
    await ledger.append('"id":"0"').durable
    await until(() => ledger.state.failure !== undefined)
    expect(ledger.state).toMatchObject({
      healthy: true,
      durable: 0,
      failure: { code: 'LEDGER_SIGNER_FAILED', final: false },
    })
    failing = false
    await ledger.close()
    expect((await verify(root)).ok).toBe(true)
  })
})

describe('many ledgers of one process', () => {
  it('have at most two operations under way together', async () => {
    const disk = new FaultDisk()
    let together = 0
    let most = 0
    disk.wait = async () => {
      together += 1
      most = Math.max(most, together)
      await sleep(1)
      together -= 1
    }
    const ledgers = Array.from({ length: 5 }, () => openTest(temporaryDirectory(), { disk }))
    await Promise.all(ledgers.flatMap((one) => [one.append('"a":1').durable, one.append('"a":2').durable]))
    await Promise.all(ledgers.map((one) => one.close()))
    expect(most).toBeLessThanOrEqual(2)
  })
})

/** Waits for something to become true; the test's own time limit is the bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}
