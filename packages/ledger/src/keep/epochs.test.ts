import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TestKeeper } from '../epoch-keeper.fixture.ts'
import { allIds, crashCopy, killHolders, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { Ledger, OpenOptions } from '../ledger.ts'
import { parseNote } from '../note.ts'
import { verify } from '../verify.ts'
import { type EpochStatement, parseStatement } from './key-statement.ts'

const hour = 3_600_000

/** A clock that goes on by hand. */
class Clock {
  ms = Date.parse('2026-01-15T12:00:00.000Z')
  now = (): number => this.ms
}

function statements(dir: string): EpochStatement[] {
  return readdirSync(join(dir, 'keys')).flatMap((name) => {
    const note = parseNote(readFileSync(join(dir, 'keys', name)))
    const statement = note && parseStatement(note.text)
    return statement?.kind === 'epoch' ? [statement] : []
  })
}

const signersOf = (dir: string, file: string): string[] =>
  parseNote(readFileSync(join(dir, file)))?.signatures.map(({ name }) => name) ?? []

async function problems(root: string): Promise<string[]> {
  const { streams } = await verify(root)
  return streams.flatMap(({ integrity }) => integrity.breaks.map(({ code, file }) => `${code} ${file}`))
}

/** A writer whose epochs end when the clock says so, with an opening in each. */
async function epochs(count: number, rest: Partial<OpenOptions> = {}) {
  const root = temporaryDirectory()
  const keeper = new TestKeeper()
  const clock = new Clock()
  let ledger: Ledger | undefined
  for (let i = 0; i < count; i++) {
    ledger = openTest(root, { epochs: keeper, clock, ...rest })
    for (let k = 0; k < 3; k++) ledger.append(`"id":"${i}.${k}"`)
    await ledger.close()
    clock.ms += hour
  }
  return { root, dir: ledger?.dir ?? '', keeper, clock }
}

describe('an epoch', () => {
  it('is begun with the first checkpoint, which both keys sign, and LEDGER.json says so', async () => {
    const { root, dir } = await epochs(1)
    expect(statements(dir)).toMatchObject([{ number: 0, size: 0, begun: '2026-01-15T12:00:00.000Z' }])
    const origin = statements(dir)[0]?.origin
    expect(signersOf(dir, 'checkpoint')).toEqual([origin, `${origin}/epoch`])
    expect(JSON.parse(readFileSync(join(dir, 'LEDGER.json'), 'utf8'))).toMatchObject({ key_policy: 'epochs' })
    expect(await verify(root)).toMatchObject({
      ok: true,
      streams: [{ keys: { epochsClosed: 0, epochOpen: { size: 0 }, firstEpochKey: statements(dir)[0]?.publicKey } }],
    })
  })

  it('ends at the first opening after its hour, and its key with it', async () => {
    const { root, dir, keeper } = await epochs(4)
    const found = statements(dir)
    expect(found.map(({ number, size }) => [number, size])).toEqual([0, 1, 2, 3].map((i) => [i, i * 3]))
    expect(found.map(({ previous }) => previous).slice(1)).toEqual(found.map((one) => one.publicKey).slice(0, 3))
    expect([...keeper.keys.values()].map((keys) => keys.length)).toEqual([1])
    expect(keeper.destroyed).toBe(3)
    expect(await verify(root)).toMatchObject({ ok: true, streams: [{ keys: { epochsClosed: 3 } }] })
  })

  it('goes on over an opening within its hour', async () => {
    const root = temporaryDirectory()
    const keeper = new TestKeeper()
    for (let i = 0; i < 3; i++) {
      const ledger = openTest(root, { epochs: keeper })
      ledger.append(`"id":"${i}"`)
      await ledger.close()
    }
    const { streams } = await verify(root)
    expect(streams).toMatchObject([{ entries: 3, integrity: { ok: true }, keys: { epochsClosed: 0 } }])
  })

  it('ends while nothing is written', async () => {
    const root = temporaryDirectory()
    const keeper = new TestKeeper()
    const ledger = openTest(root, { epochs: keeper, epochMs: 1_000 })
    await ledger.append('"id":"a"').durable
    await expect.poll(() => statements(ledger.dir).length, { timeout: 20_000, interval: 50 }).toBeGreaterThan(2)
    await ledger.close()
    expect(await problems(root)).toEqual([])
    expect(keeper.keys.get(ledger.origin)).toHaveLength(1)
  })

  it('ends too when the clock was set back behind its begin', async () => {
    const { root, dir, keeper, clock } = await epochs(1)
    clock.ms -= 24 * hour
    await openTest(root, { epochs: keeper, clock }).close()
    expect(statements(dir)).toHaveLength(2)
    expect(await problems(root)).toEqual([])
  })

  it('is begun by a ledger that had none, at its next opening', async () => {
    const root = temporaryDirectory()
    const old = openTest(root)
    old.append('"id":"a"')
    await old.close()
    const keeper = new TestKeeper()
    const ledger = openTest(root, { epochs: keeper })
    expect(ledger.dir).toBe(old.dir)
    ledger.append('"id":"b"')
    await ledger.close()
    expect(statements(ledger.dir)).toMatchObject([{ number: 0, size: 1 }])
    expect(await verify(root)).toMatchObject({ ok: true, streams: [{ entries: 2, keys: { epochsClosed: 0 } }] })
  })

  it('has the seals of its segments signed by it, too', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root, { epochs: new TestKeeper() })
    ledger.append('"id":"a"')
    await ledger.seal()
    await ledger.close()
    expect(signersOf(ledger.dir, 'seg/000000000000.seal')).toEqual([ledger.origin, `${ledger.origin}/epoch`])
    expect(await problems(root)).toEqual([])
  })

  it('works with a signer that needs time', async () => {
    const signer = testSigner()
    const slow = { ...signer, sign: async (message: Uint8Array) => signer.sign(message) }
    const { root, dir } = await epochs(3, { signer: slow })
    expect(statements(dir)).toHaveLength(3)
    expect(await problems(root)).toEqual([])
  })

  it('is kept when the next key cannot be made; checkpoints go on, and the state says it', async () => {
    const { root, dir, keeper, clock } = await epochs(1)
    const ledger = openTest(root, { epochs: keeper, clock })
    const before = statements(dir).length
    clock.ms += hour
    keeper.failing = new Error('no space')
    await ledger.append('"id":"later"').durable
    await expect.poll(() => ledger.state.failure?.message, { timeout: 10_000 }).toContain('no space')
    await ledger.close()
    expect(statements(dir)).toHaveLength(before)
    expect(await problems(root)).toEqual([])
    keeper.failing = undefined
    await openTest(root, { epochs: keeper, clock }).close()
    expect(statements(dir)).toHaveLength(before + 1)
    expect(await problems(root)).toEqual([])
  })
})

describe('a lost epoch key', () => {
  it('refuses the writer and opens a successor that names it', async () => {
    const { root, dir, clock } = await epochs(1)
    const ledger = openTest(root, { epochs: new TestKeeper(), clock })
    expect(ledger.opening.refused).toMatchObject([{ code: 'LEDGER_EPOCH_LOST' }])
    expect(ledger.dir).not.toBe(dir)
    ledger.append('"id":"successor"')
    await ledger.close()
    expect(await problems(root)).toEqual([])
    expect(await allIds(root)).toContain('successor')
  })

  it('is what an opening without a keeper has, too', async () => {
    const { root } = await epochs(1)
    const ledger = openTest(root)
    expect(ledger.opening.refused).toMatchObject([{ code: 'LEDGER_EPOCH_LOST' }])
    await ledger.close()
    expect(await problems(root)).toEqual([])
  })

  it('does not destroy the keys that are there', async () => {
    const { root, keeper, clock } = await epochs(2)
    const [origin = ''] = keeper.keys.keys()
    const newest = keeper.keys.get(origin)
    const other = new TestKeeper()
    other.next({ origin, stream: 'audit', writer: '' })
    await openTest(root, { epochs: other, clock }).close()
    expect(other.keys.get(origin)).toHaveLength(1)
    expect(keeper.keys.get(origin)).toBe(newest)
  })
})

describe('a directory with epochs', () => {
  it.each([
    ['without its statements', (dir: string) => rmSync(join(dir, 'keys'), { recursive: true }), 'LEDGER_KEYS_MISSING'],
    ['without the newest statement', (dir: string) => rmSync(newestOf(dir)), 'LEDGER_EPOCH_UNSIGNED'],
    [
      'without the first statement',
      (dir: string) => rmSync(join(dir, 'keys/000000000000.note')),
      'LEDGER_KEYS_MISSING',
    ],
    ['with a garbled statement', (dir: string) => writeFileSync(newestOf(dir), 'x'), 'LEDGER_KEYS_MALFORMED'],
  ])('%s is refused, and left alone', async (_, damage, code) => {
    const { root, dir, keeper, clock } = await epochs(3)
    damage(dir)
    const before = readFileSync(join(dir, 'checkpoint'))
    const ledger = openTest(root, { epochs: keeper, clock })
    expect(ledger.opening.refused).toMatchObject([{ code }])
    await ledger.close()
    expect(readFileSync(join(dir, 'checkpoint'))).toEqual(before)
    expect((await problems(root)).map((one) => one.split(' ')[0])).toContain(code)
  })

  it('that a crash left between two steps goes on, whichever steps they are', async () => {
    const root = temporaryDirectory()
    const keeper = new TestKeeper()
    const clock = new Clock()
    const ledger = openTest(root, { epochs: keeper, clock })
    await ledger.append('"id":"a"').durable
    const [before, keysBefore] = [crashCopy(root), keeper.copy()]
    // What each step of the turn leaves: the key alone, and the key with its statement.
    const onlyKey = keysBefore.copy()
    onlyKey.next({ origin: ledger.origin, stream: 'audit', writer: ledger.writer })
    clock.ms += hour
    await ledger.close()
    killHolders(root)
    const halfway = crashCopy(root)
    writeFileSync(join(halfway, ledger.writer, 'checkpoint'), readFileSync(join(before, ledger.writer, 'checkpoint')))
    const both = keeper.copy()
    for (const [dir, keys] of [
      [before, onlyKey],
      [halfway, both],
    ] as const) {
      expect(await problems(dir)).toEqual([])
      const again = openTest(dir, { epochs: keys, clock })
      expect(again.opening.refused).toEqual([])
      again.append('"id":"b"')
      await again.close()
      expect(await problems(dir)).toEqual([])
      expect(await allIds(dir)).toEqual(['a', 'b'])
      expect(keys.keys.get(ledger.origin)).toHaveLength(1)
    }
  })
})

const newestOf = (dir: string): string => join(dir, 'keys', readdirSync(join(dir, 'keys')).at(-1) ?? '')
