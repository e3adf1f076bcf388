import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { allIds, closedLedger, crashCopy, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { Entry, StreamInfo } from '../stream.ts'
import { findStreams } from './find-streams.ts'
import { follow, readEntries } from './read-entries.ts'

async function streamIn(root: string): Promise<StreamInfo> {
  const [stream] = await findStreams(root)
  if (!stream) throw new Error('no stream')
  return stream
}

async function collect(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const all: Entry[] = []
  for await (const entry of entries) all.push(entry)
  return all
}

const idOf = ({ line }: Entry): string => /"id":"([^"]*)"/.exec(line)?.[1] ?? ''

describe('findStreams', () => {
  it('describes every writer below a root, sorted', async () => {
    const root = temporaryDirectory()
    const places = ['a/audit.standard', 'a/activity.long', 'b/c/audit.standard']
    for (const place of places) await closedLedger(1, join(root, place))
    const streams = await findStreams(root)
    expect(streams.map((one) => one.dir.slice(root.length + 1, -15))).toEqual([...places].sort())
    expect(streams[0]).toMatchObject({
      service: 'clinic',
      stream: 'audit',
      retentionClass: 'standard',
      publicKey: expect.stringMatching(/=$/),
    })
    expect(streams[0]?.origin).toBe(`clinic/audit.standard/${streams[0]?.writer}`)
    expect(await findStreams(streams[0]?.dir ?? '')).toHaveLength(1)
  })

  it('leaves out what cannot be described, and refuses a root that is not there', async () => {
    const { root, dir } = await closedLedger(1)
    writeFileSync(join(dir, 'LEDGER.json'), '{}')
    expect(await findStreams(root)).toEqual([])
    await expect(findStreams(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'LEDGER_DIR_MISSING' })
  })
})

describe('readEntries', () => {
  it('gives every entry in order with its place, from wherever it is asked', async () => {
    let ahead = 0
    const root = temporaryDirectory()
    const ledger = openTest(root, { clock: { now: () => Date.now() + ahead } })
    for (let i = 0; i < 30; i++) {
      ledger.append(`"id":"é${i}"`)
      if (i % 10 !== 9) continue
      await ledger.flush()
      ahead += 3_700_000
    }
    await ledger.close()
    const stream = await streamIn(root)
    const all = await collect(readEntries(stream))
    expect(all.map(idOf)).toEqual(Array.from({ length: 30 }, (_, i) => `é${i}`))
    for (const { file, offset, line } of all) {
      const bytes = readFileSync(join(stream.dir, file))
      expect(bytes.toString('utf8', offset, offset + Buffer.byteLength(line) + 1)).toBe(`${line}\n`)
    }
    for (const from of [0, 1, 9, 10, 11, 25, 29, 30, 99]) {
      expect((await collect(readEntries(stream, { from }))).map((one) => one.n)).toEqual(
        all.slice(from).map((one) => one.n),
      )
    }
  })

  it('tells how much it has read, and stops when asked', async () => {
    const { root, dir } = await closedLedger(100)
    const stream = await streamIn(root)
    let bytes = 0
    await collect(readEntries(stream, { onProgress: (count) => (bytes += count) }))
    expect(bytes).toBe(readFileSync(join(dir, 'seg', '000000000000.jsonl')).length)
    await expect(collect(readEntries(stream, { signal: AbortSignal.abort() }))).rejects.toThrow(/abort/)
  })

  it('never gives an entry that is not durable', async () => {
    const root = temporaryDirectory()
    const disk = new FaultDisk()
    const gate = Promise.withResolvers<void>()
    const ledger = openTest(root, { disk })
    await ledger.append('"id":"a"').durable
    await ledger.append('"id":"b"').durable
    let synced = false
    disk.wait = (call) => {
      if (call.name !== 'later.datasync' || !call.path.endsWith('.jsonl')) return undefined
      synced = true
      return gate.promise
    }
    ledger.append('"id":"c"')
    while (!synced) await sleep(1)
    expect(readFileSync(join(ledger.dir, 'seg', '000000000000.jsonl'), 'utf8')).toContain('"id":"c"')
    expect(await allIds(root)).not.toContain('c')
    expect(await allIds(root)).toContain('a')
    gate.resolve()
    await ledger.close()
    expect(await allIds(root)).toEqual(['a', 'b', 'c'])
  })

  it('gives what was written in a ledger that acknowledges writes', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root, { ack: 'written' })
    await ledger.append('"id":"a"').durable
    await ledger.append('"id":"b"').acknowledged
    expect(await allIds(root)).toEqual(['a', 'b'])
    await ledger.close()
  })

  it('leaves out damaged lines and tells of them', async () => {
    const { root, dir } = await closedLedger(6)
    const path = join(dir, 'seg', '000000000000.jsonl')
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, lines.with(2, 'garbage').with(4, 'x'.repeat(3_000_000)).join('\n'))
    const invalid: number[] = []
    const entries = await collect(
      readEntries(await streamIn(root), { onInvalid: ({ offset }) => invalid.push(offset) }),
    )
    expect(entries.map(idOf)).toEqual(['e0', 'e1', 'e3', 'e5'])
    expect(invalid).toEqual([
      entries[1]!.offset + entries[1]!.line.length + 1,
      entries[2]!.offset + entries[2]!.line.length + 1,
    ])
  })
})

describe('whatever else lies in a writer directory', () => {
  it('is nothing that a reader gives out, waits for or stumbles over', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (let i = 0; i < 600; i++) ledger.append(`"id":"e${i}"`)
    await ledger.close()
    const stream = await streamIn(root)
    const line = '{"n":600,"d":599,"id":"stray","h":"aaaaaaaaaaa"}\n'
    const files = [
      ...['seg/000000000000.seal', 'seg/000000000600.seal', 'seg/600.jsonl', 'seg/000000000600.jsonl.tmp', 'RESERVE'],
      ...['tile/0/000', 'tile/0/002.p/88', 'tile/2/000.p/1', 'checkpoints/2026-01-15.notes'],
      ...['keys/000000000000.note', 'anchors/000000000600.witness.cosig', 'anchors/000000000600.authority.tsr'],
    ]
    for (const file of files) {
      mkdirSync(dirname(join(stream.dir, file)), { recursive: true })
      rmSync(join(stream.dir, file), { force: true })
      writeFileSync(join(stream.dir, file), line)
    }
    expect((await findStreams(root)).map(({ dir }) => dir)).toEqual([stream.dir])
    const invalid: string[] = []
    const entries = await collect(readEntries(stream, { onInvalid: ({ file }) => invalid.push(file) }))
    expect(entries.map(idOf)).toEqual(Array.from({ length: 600 }, (_, i) => `e${i}`))
    expect(invalid).toEqual([])
    const controller = new AbortController()
    const seen: string[] = []
    for await (const entry of follow(stream, { from: 0, signal: controller.signal, pollMs: 1 })) {
      seen.push(idOf(entry))
      if (seen.length === 600) setTimeout(() => controller.abort(), 20)
    }
    expect(seen).toHaveLength(600)
  })
})

describe('follow', () => {
  async function following(
    stream: StreamInfo,
    from: number | 'end',
  ): Promise<{ seen: string[]; stop(): Promise<void> }> {
    const controller = new AbortController()
    const seen: string[] = []
    const done = (async () => {
      for await (const entry of follow(stream, { from, signal: controller.signal, pollMs: 2 })) seen.push(idOf(entry))
    })()
    return {
      seen,
      async stop() {
        controller.abort()
        await done
      },
    }
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(2)
  }

  it('gives entries as they become durable, across segments and restarts, each once', async () => {
    let ahead = 0
    const root = temporaryDirectory()
    const clock = { now: () => Date.now() + ahead }
    let ledger = openTest(root, { clock })
    const stream = await streamIn(root)
    const all = await following(stream, 0)
    const ids: string[] = []
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 20; i++) {
        ids.push(`${round}.${i}`)
        ledger.append(`"id":"${round}.${i}"`)
      }
      await ledger.flush()
      if (round === 2) ahead += 3_700_000
      if (round === 4) {
        await ledger.close()
        ledger = openTest(root, { clock })
      }
    }
    await ledger.close()
    await until(() => all.seen.length >= ids.length)
    await all.stop()
    expect(all.seen).toEqual(ids)
  })

  it('from the end gives only what comes', async () => {
    const { root } = await closedLedger(10)
    const stream = await streamIn(root)
    const ledger = openTest(root)
    const ends = await following(stream, 'end')
    await sleep(30)
    await ledger.append('"id":"new"').durable
    await ledger.close()
    await until(() => ends.seen.length > 0)
    await ends.stop()
    expect(ends.seen).toEqual(['new'])
  })

  it('does not give a torn tail, and gives what replaces it', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await ledger.append('"id":"a"').durable
    await ledger.append('"id":"b"').durable
    const copy = crashCopy(root)
    await ledger.close()
    const stream = await streamIn(copy)
    const path = join(stream.dir, 'seg', '000000000000.jsonl')
    writeFileSync(path, '{"n":2,"d":1,"id":"torn","h":"aaaaaaaaaaa"}\n{"n":3,"d":1,"id":"to', { flag: 'a' })
    const all = await following(stream, 0)
    await until(() => all.seen.length >= 2)
    const again = openTest(copy)
    await again.append('"id":"c"').durable
    await again.close()
    await until(() => all.seen.length >= 3)
    await all.stop()
    expect(all.seen).toEqual(['a', 'b', 'c'])
  })

  it('waits for a stream that has nothing yet', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    const all = await following(await streamIn(root), 0)
    await sleep(10)
    await ledger.append('"id":"a"').durable
    await ledger.close()
    await until(() => all.seen.length > 0)
    await all.stop()
    expect(all.seen).toEqual(['a'])
  })
})
