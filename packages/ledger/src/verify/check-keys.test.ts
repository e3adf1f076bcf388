import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { NoteSigner } from '../append/note-signer.ts'
import { TestKeeper } from '../epoch-keeper.fixture.ts'
import type { EpochKey } from '../keep/epoch-keeper.ts'
import { formatEpoch, parseStatement } from '../keep/key-statement.ts'
import { openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { Chain } from '../line.ts'
import { parseNote } from '../note.ts'
import { leafOf, Tree } from '../tree.ts'
import type { HeldRoot } from './held-root.ts'
import { verify } from './verify.ts'

const perEpoch = 4
const count = 4
const hour = 3_600_000
const signer = testSigner()
const pinned = { publicKeys: [signer.publicKey] }

let root = ''
let dir = ''
let keeper = new TestKeeper()

/** A closed writer of four epochs with four entries each. */
async function write(): Promise<{ root: string; dir: string; keeper: TestKeeper }> {
  const [root, keeper] = [temporaryDirectory(), new TestKeeper()]
  let nowMs = Date.parse('2026-01-15T12:00:00.000Z')
  let dir = ''
  for (let epoch = 0; epoch < count; epoch++, nowMs += hour) {
    const at = nowMs
    const ledger = openTest(root, { epochs: keeper, clock: { now: () => at } })
    dir = ledger.dir
    for (let i = 0; i < perEpoch; i++) ledger.append(`"id":"${epoch}.${i}"`)
    await ledger.close()
  }
  return { root, dir, keeper }
}

beforeEach(async () => {
  const made = await write()
  root = made.root
  dir = made.dir
  keeper = made.keeper
})

const statementFile = (number: number): string => join(dir, 'keys', `${String(number).padStart(12, '0')}.note`)
const segment = (): string => join(dir, 'seg/000000000000.jsonl')

async function problems(held: readonly HeldRoot[] = []): Promise<string[]> {
  const { streams } = await verify(root, { ...pinned, heldRoots: held })
  return streams.flatMap(({ integrity }) =>
    integrity.breaks.map(({ code, n, file }) => `${code.replace('LEDGER_', '')}@${n} ${file}`),
  )
}

const originOf = (): string => JSON.parse(readFileSync(join(dir, 'LEDGER.json'), 'utf8')).origin

/** Writes the log anew with one entry changed, chained as the format wants it; gives the tree of every size. */
function rewrite(n: number): Tree[] {
  const lines = readFileSync(segment(), 'utf8').split('\n').slice(0, -1)
  const chain = new Chain(0, '')
  const tree = new Tree()
  const trees = [new Tree()]
  const rewritten = lines.map((line, i) => {
    const body = line.slice(line.indexOf('"id"'), line.lastIndexOf(',"h":"'))
    const durable = Number(/"d":(-?\d+)/.exec(line)?.[1])
    const again = chain.frame(durable, i === n ? body.replace('id', 'iD') : body)
    tree.push(leafOf(again))
    trees.push(Tree.from(tree.size, tree.frontier))
    return again
  })
  writeFileSync(segment(), rewritten.map((line) => `${line}\n`).join(''))
  for (const name of readdirSync(join(dir, 'seg'))) if (name.endsWith('.seal')) rmSync(join(dir, 'seg', name))
  rmSync(join(dir, 'checkpoint.frontier'))
  return trees
}

/** Signs the newest checkpoint anew, as somebody can who holds the log key and, perhaps, an epoch key. */
async function signCheckpoint(tree: Tree, epochKey: EpochKey | undefined): Promise<void> {
  const checkpoint = { origin: originOf(), size: tree.size, root: tree.root() }
  const note = await new NoteSigner(originOf(), signer).checkpoint(checkpoint, 0, epochKey)
  writeFileSync(join(dir, 'checkpoint'), note)
}

async function signStatement(number: number, tree: Tree, signers: readonly EpochKey[], edit = {}): Promise<void> {
  const note = parseNote(readFileSync(statementFile(number)))
  const statement = note && parseStatement(note.text)
  if (statement?.kind !== 'epoch') throw new Error('no epoch')
  const text = formatEpoch({ ...statement, root: tree.root(), ...edit })
  writeFileSync(statementFile(number), await new NoteSigner(originOf(), signer).noteBy(text, signers))
}

/** The only epoch key there still is. */
const current = (): EpochKey | undefined => keeper.keys.get(originOf())?.[0]

describe('a log whose closed epochs were rewritten', () => {
  it('and signed anew with log key and current epoch key does not fit what the closed epoch signed', async () => {
    expect(await problems()).toEqual([])
    const trees = rewrite(5)
    await signCheckpoint(trees[16] ?? new Tree(), current())
    // Entry 5 is of the second epoch: what ended it is statement 2.
    expect(await problems()).toEqual(['EPOCH_ROOT@4 keys/000000000002.note'])
  })

  it('with statements signed anew by the log key alone lacks the signatures of keys that are destroyed', async () => {
    const trees = rewrite(5)
    const last = current()
    await signCheckpoint(trees[16] ?? new Tree(), last)
    for (const number of [2, 3]) await signStatement(number, trees[number * perEpoch] ?? new Tree(), last ? [last] : [])
    expect(await problems()).toEqual([
      'KEYS_UNSIGNED@-1 keys/000000000002.note',
      'KEYS_UNSIGNED@-1 keys/000000000003.note',
    ])
  })

  it('with a new row of epochs is found by whoever kept the first epoch key', async () => {
    const { streams } = await verify(root, pinned)
    const [stream] = streams
    const firstEpochKey = stream?.keys?.firstEpochKey ?? ''
    const held = { origin: originOf(), size: 0, root: new Tree().root(), firstEpochKey }
    const heldRoot = { ...held, root: Buffer.from(held.root, 'latin1').toString('hex') }
    expect(await problems([heldRoot])).toEqual([])
    const forged = new TestKeeper()
    const key = forged.next({ origin: originOf(), stream: 'audit', writer: '' })
    const trees = rewrite(5)
    for (const number of [1, 2, 3]) rmSync(statementFile(number))
    const publicKey = Buffer.from(key.publicKey).toString('base64')
    await signStatement(0, new Tree(), [key], { publicKey })
    await signCheckpoint(trees[16] ?? new Tree(), key)
    expect(await problems()).toEqual([])
    expect(await problems([heldRoot])).toEqual(['EPOCH_PINNED@-1 keys/000000000000.note'])
  })

  it('cut at the border of an epoch and signed by the log key lacks the signature of that epoch', async () => {
    const lines = readFileSync(segment(), 'utf8').split('\n').slice(0, 8)
    const trees = rewrite(-1)
    writeFileSync(segment(), lines.map((line) => `${line}\n`).join(''))
    rmSync(statementFile(3))
    rmSync(statementFile(2))
    await signCheckpoint(trees[8] ?? new Tree(), current())
    expect(await problems()).toContain('EPOCH_UNSIGNED@-1 checkpoint')
  })

  it('in the epoch under way is what the host can do, and no later', async () => {
    const trees = rewrite(13)
    await signCheckpoint(trees[16] ?? new Tree(), current())
    expect(await problems()).toEqual([])
  })
})

describe('statements', () => {
  it('that are all removed are missed, because LEDGER.json promises them', async () => {
    rmSync(join(dir, 'keys'), { recursive: true })
    expect(await problems()).toEqual(['KEYS_MISSING@-1 keys/000000000000.note'])
  })

  it.each([
    [0, ['KEYS_MISSING@-1 keys/000000000000.note']],
    [1, ['KEYS_MISSING@-1 keys/000000000001.note']],
    [3, ['EPOCH_UNSIGNED@-1 checkpoint']],
  ])('of which number %i is removed are missed at their place', async (number, expected) => {
    rmSync(statementFile(number))
    expect(await problems()).toEqual(expected)
  })

  it('in another order are not taken for one another', async () => {
    renameSync(statementFile(1), join(dir, 'x'))
    renameSync(statementFile(2), statementFile(1))
    renameSync(join(dir, 'x'), statementFile(2))
    expect(await problems()).toEqual([
      'KEYS_MALFORMED@-1 keys/000000000001.note',
      'KEYS_MALFORMED@-1 keys/000000000002.note',
    ])
  })

  it('edited in any one byte are found where they stand', async () => {
    const bytes = readFileSync(statementFile(2))
    for (let at = 0; at < bytes.length; at += 7) {
      const edited = Buffer.from(bytes)
      edited[at] = (edited[at] ?? 0) ^ 1
      writeFileSync(statementFile(2), edited)
      const found = await problems()
      expect(
        found.some((one) => /KEYS_[A-Z]+@-1 keys\/000000000002/.test(one)),
        `byte ${at}: ${found}`,
      ).toBe(true)
    }
  })

  it('of another writer under the same log key are not accepted', async () => {
    const other = await write()
    cpSync(join(other.dir, 'keys'), join(dir, 'keys'), { recursive: true })
    const found = await problems()
    for (const number of [0, 1, 2, 3]) expect(found).toContain(`KEYS_MALFORMED@-1 keys/00000000000${number}.note`)
  })

  it('that are empty, endless, cut short or no text are malformed', async () => {
    for (const bytes of ['', 'x', '\0'.repeat(70_000), readFileSync(statementFile(2)).subarray(0, 100)]) {
      writeFileSync(statementFile(2), bytes)
      expect(await problems()).toEqual(['KEYS_MALFORMED@-1 keys/000000000002.note'])
    }
  })

  it('put back to an older state do not fit the checkpoint', async () => {
    rmSync(statementFile(2))
    rmSync(statementFile(3))
    expect(await problems()).toEqual(['EPOCH_UNSIGNED@-1 checkpoint'])
  })
})

describe('a checkpoint', () => {
  it('without the signature of its epoch is not enough', async () => {
    const note = readFileSync(join(dir, 'checkpoint'), 'utf8').trimEnd().split('\n')
    writeFileSync(join(dir, 'checkpoint'), `${note.slice(0, -1).join('\n')}\n`)
    expect(await problems()).toEqual(['EPOCH_UNSIGNED@-1 checkpoint'])
  })

  it('of two epochs ago, put back, is not the newest', async () => {
    const fresh = temporaryDirectory()
    const key = new TestKeeper()
    const notes: Buffer[] = []
    for (let i = 0; i < 3; i++) {
      const ledger = openTest(fresh, { epochs: key, clock: { now: () => Date.parse('2026-01-15') + i * hour } })
      ledger.append(`"id":"${i}"`)
      await ledger.close()
      notes.push(readFileSync(join(ledger.dir, 'checkpoint')))
      dir = ledger.dir
    }
    root = fresh
    writeFileSync(join(dir, 'checkpoint'), notes[0] ?? '')
    expect(await problems()).toEqual(['EPOCH_UNSIGNED@-1 checkpoint'])
  })
})
