import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { allIds, closedLedger, crashCopy, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { Ledger, LedgerFact, OpenOptions, SealedSegment } from '../ledger.ts'
import { isSignedBy, parseNote } from '../note.ts'
import { parseSeal, rangeSubtrees, type Seal } from '../seal.ts'
import { SubtreeRow } from '../subtree-row.ts'
import { hashToHex, leafOf } from '../tree.ts'
import { verify } from '../verify.ts'

const name = (first: number, suffix: string): string => `${String(first).padStart(12, '0')}.${suffix}`
const segment = (dir: string, first = 0): string => join(dir, 'seg', name(first, 'jsonl'))
const sealPath = (dir: string, first = 0): string => join(dir, 'seg', name(first, 'seal'))
const sealNames = (dir: string): string[] => readdirSync(join(dir, 'seg')).filter((one) => one.endsWith('.seal'))
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)

async function fill(ledger: Ledger, count: number, prefix = 'e'): Promise<void> {
  for (let i = 0; i < count; i++) ledger.append(`"id":"${prefix}${i}"`)
  await ledger.flush()
}

async function until(test: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !test(); i++) await sleep(5)
  expect(test()).toBe(true)
}

/** What a seal has to say, from the files alone. */
function expectSeal(ledger: { dir: string; origin: string }, first: number, firsts: readonly number[]): Seal {
  const note = parseNote(readFileSync(sealPath(ledger.dir, first)))
  if (!note) throw new Error('no note')
  expect(isSignedBy(note, { name: ledger.origin, publicKey: testSigner().publicKey })).toBe(true)
  const seal = parseSeal(note.text)
  if (!seal) throw new Error('no seal')
  const bytes = readFileSync(segment(ledger.dir, first))
  const lines = linesOf(segment(ledger.dir, first))
  const next = first + lines.length
  expect(seal).toMatchObject({ origin: ledger.origin, first, next, bytes: bytes.length })
  expect(hashToHex(seal.sha256)).toBe(createHash('sha256').update(bytes).digest('hex'))
  const whole = new SubtreeRow(0)
  const part = new SubtreeRow(first)
  for (const one of firsts.filter((other) => other <= first))
    for (const line of linesOf(segment(ledger.dir, one))) whole.push(leafOf(line))
  for (const line of lines) part.push(leafOf(line))
  expect(seal.root).toBe(whole.root())
  expect(seal.hashes).toEqual(part.hashes)
  expect(seal.hashes).toHaveLength(rangeSubtrees({ first, next }).length)
  return seal
}

describe('sealing', () => {
  it('says of each finished segment what it holds, wherever the segments end', async () => {
    const root = temporaryDirectory()
    const facts: LedgerFact[] = []
    const ledger = openTest(root, { onFact: (fact) => facts.push(fact) })
    const counts = [7, 300, 1, 513, 64]
    const firsts: number[] = []
    const sealed: SealedSegment[] = []
    let next = 0
    for (const count of counts) {
      firsts.push(next)
      await fill(ledger, count)
      sealed.push(await ledger.seal())
      next += count
    }
    for (const [i, first] of firsts.entries()) {
      const seal = expectSeal(ledger, first, firsts)
      expect(sealed[i]).toMatchObject({ first, next: seal.next, root: hashToHex(seal.root), bytes: seal.bytes })
      expect(statSync(segment(ledger.dir, first)).mode & 0o777).toBe(0o444)
      expect(statSync(sealPath(ledger.dir, first)).mode & 0o777).toBe(0o444)
    }
    expect(facts.map((fact) => fact.kind)).toEqual(counts.map(() => 'sealed'))
    expect(facts.map((fact) => fact.segment)).toEqual(sealed)
    await ledger.close()
    expect((await verify(root)).streams[0]?.integrity.breaks).toEqual([])
  })

  it('ends the segment behind what was appended before it, while appending goes on', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await fill(ledger, 100, 'before')
    let appended = 0
    let stopped = false
    const load = (async () => {
      while (!stopped) {
        for (let i = 0; i < 50; i++) ledger.append(`"id":"during ${appended++}"`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const last = ledger.append('"id":"evidence"')
    const [one, two] = await Promise.all([ledger.seal(), ledger.seal()])
    stopped = true
    await load
    expect((await last.durable).n).toBeLessThan(one.next)
    expect(two.first === one.first || two.first === one.next).toBe(true)
    await ledger.append('"id":"after"').durable
    await ledger.close()
    expect(await allIds(root)).toHaveLength(100 + 1 + appended + 1)
    const report = await verify(root)
    expect(report.ok).toBe(true)
  })

  it('with nothing new answers with the newest seal, also in another process, and with no entries not at all', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_SEAL_EMPTY' })
    await fill(ledger, 3)
    const first = await ledger.seal()
    expect(await ledger.seal()).toEqual(first)
    await ledger.close()
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    const again = openTest(root)
    expect(again.opening).toMatchObject({ next: 3, previous: 'closed' })
    expect(await again.seal()).toEqual(first)
    await fill(again, 1, 'later')
    expect(await again.seal()).toMatchObject({ first: 3, next: 4 })
    await again.close()
    expect((await verify(root)).ok).toBe(true)
  })

  it('covers what an acknowledged ledger has only written so far', async () => {
    const ledger = openTest(temporaryDirectory(), { ack: 'written' })
    await Promise.all(Array.from({ length: 20 }, (_, i) => ledger.append(`"id":"${i}"`).acknowledged))
    expect(await ledger.seal()).toMatchObject({ first: 0, next: 20 })
    await ledger.close()
  })

  it('waits for a signer that takes its time, and tries again when it fails', async () => {
    const { publicKey, sign } = testSigner()
    let failing = false
    let failed = 0
    const signer: OpenOptions['signer'] = {
      publicKey,
      async sign(message) {
        await sleep(3)
        if (!failing || !Buffer.from(message).toString().includes('\nseal\n')) return sign(message)
        failed += 1
        throw new Error('no answer')
      },
    }
    const ledger = openTest(temporaryDirectory(), { signer })
    await fill(ledger, 5)
    expect(await ledger.seal()).toMatchObject({ first: 0, next: 5 })
    failing = true
    await fill(ledger, 5)
    const waiting = ledger.seal()
    await until(() => failed > 0)
    expect(sealNames(ledger.dir)).toHaveLength(1)
    failing = false
    expect(await waiting).toMatchObject({ first: 5, next: 10 })
    await ledger.close()
  })

  it('after a restart in the middle of a segment needs nothing of the process before', async () => {
    const root = temporaryDirectory()
    const first = openTest(root)
    await fill(first, 90)
    await first.seal()
    await fill(first, 33)
    await first.close()
    const second = openTest(root)
    await fill(second, 50)
    await second.seal()
    await second.close()
    expectSeal(second, 90, [0, 90])
  })
})

describe('a seal that is missing', () => {
  async function threeSegments(): Promise<{ root: string; ledger: Ledger }> {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (let i = 0; i < 3; i++) {
      await fill(ledger, 20 + i)
      await ledger.seal()
    }
    await fill(ledger, 4)
    await ledger.close()
    return { root, ledger }
  }

  it.each([
    ['the first', [0]],
    ['the last', [41]],
    ['one in the middle', [20]],
    ['every one', [0, 20, 41]],
  ])('is made at the next opening: %s', async (_, missing) => {
    const { root, ledger } = await threeSegments()
    const before = missing.map((first) => readFileSync(sealPath(ledger.dir, first)))
    for (const first of missing) rmSync(sealPath(ledger.dir, first))
    const again = openTest(root)
    await until(() => sealNames(ledger.dir).length === 3)
    await again.close()
    expect(missing.map((first) => readFileSync(sealPath(ledger.dir, first)))).toEqual(before)
    for (const first of missing) expectSeal(ledger, first, [0, 20, 41])
  })

  it('of a segment that was changed is not made, and that is told', async () => {
    const { root, ledger } = await threeSegments()
    rmSync(sealPath(ledger.dir, 20))
    const path = segment(ledger.dir, 20)
    chmodSync(path, 0o644)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"e3"', '"id":"e4"'))
    const facts: LedgerFact[] = []
    const again = openTest(root, { onFact: (fact) => facts.push(fact) })
    await until(() => facts.length > 0)
    expect(facts).toMatchObject([{ kind: 'unsealed', code: 'LEDGER_SEAL_MISMATCH' }])
    expect(facts[0]?.message).toContain('seg/000000000020.jsonl')
    await fill(again, 1)
    await again.close()
    expect(sealNames(ledger.dir)).toHaveLength(2)
  })

  it('is made although the seals around it are wrong', async () => {
    const { root, ledger } = await threeSegments()
    rmSync(sealPath(ledger.dir, 20))
    chmodSync(sealPath(ledger.dir, 0), 0o644)
    const wrong = readFileSync(sealPath(ledger.dir, 0), 'utf8').split('\n')
    wrong[7] = wrong[6] ?? ''
    writeFileSync(sealPath(ledger.dir, 0), wrong.join('\n'))
    const again = openTest(root)
    await until(() => sealNames(ledger.dir).length === 3)
    await again.close()
    expectSeal(ledger, 20, [0, 20, 41])
  })

  it('of a segment whose process was killed while it was made is made, whatever was left of it', async () => {
    const root = temporaryDirectory()
    const disk = new FaultDisk()
    const held = Promise.withResolvers<void>()
    disk.wait = (call) => (call.name === 'later.rename' && call.path.endsWith('.seal') ? held.promise : undefined)
    const ledger = openTest(root, { disk })
    onTestFinished(() => ledger.close())
    await fill(ledger, 10)
    const sealing = ledger.seal()
    await until(() => readdirSync(join(ledger.dir, 'seg')).some((one) => one.includes('.seal.')))
    const copy = crashCopy(root)
    held.resolve()
    await sealing
    const again = openTest(copy)
    await until(() => sealNames(again.dir).length === 1)
    await fill(again, 1)
    await again.close()
    expect(readdirSync(join(again.dir, 'seg'))).toEqual([
      '000000000000.jsonl',
      '000000000000.seal',
      '000000000010.jsonl',
    ])
    expect((await verify(copy)).streams[0]?.integrity.breaks).toEqual([])
  })
})

describe('a segment with a seal', () => {
  it('gets no more entries, although its file can be written', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await fill(ledger, 3)
    await ledger.seal()
    await ledger.close()
    chmodSync(segment(ledger.dir), 0o644)
    const again = openTest(root)
    await fill(again, 1)
    await again.close()
    expect(readdirSync(join(ledger.dir, 'seg'))).toContain('000000000003.jsonl')
  })

  it('that changed between writing and reading back is not sealed', async () => {
    const root = temporaryDirectory()
    const facts: LedgerFact[] = []
    const ledger = openTest(root, { onFact: (fact) => facts.push(fact) })
    await fill(ledger, 10)
    const path = segment(ledger.dir)
    const changed = readFileSync(path, 'utf8').replace('"id":"e5"', '"id":"e6"')
    writeFileSync(path, changed)
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_SEAL_MISMATCH' })
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_SEAL_MISMATCH' })
    expect(facts.map((fact) => fact.kind)).toEqual(['unsealed'])
    expect(ledger.state.healthy).toBe(true)
    await fill(ledger, 1)
    await ledger.close()
    expect(sealNames(ledger.dir)).toEqual([])
  })
})

describe('an older ledger', () => {
  it('without any seal or tile opens, and its finished segments get theirs', async () => {
    const { root, dir } = await closedLedger(30)
    chmodSync(segment(dir), 0o444)
    const again = openTest(root)
    await until(() => sealNames(dir).length === 1)
    await again.close()
    expectSeal(again, 0, [0])
  })
})
