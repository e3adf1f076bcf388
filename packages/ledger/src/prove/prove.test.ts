import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCheckpoint } from '../checkpoint.ts'
import { cosign } from '../keep/cosignature.ts'
import { testCosigner } from '../keep/cosigner.fixture.ts'
import { closedLedger, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { parseNote } from '../note.ts'
import { type Hash, leafOf, Tree } from '../tree.ts'
import { formatVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { checkProof } from './check-proof.ts'
import { verifyConsistency } from './consistency.ts'
import { prove, proveConsistency } from './prove.ts'
import { writeTiles } from './tiles.fixture.ts'

const { publicKey } = testSigner()
const trusted = { publicKeys: [publicKey] }

function linesOf(dir: string): string[] {
  return readFileSync(join(dir, 'seg', '000000000000.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
}

function checkpointOf(dir: string): { text: string; size: number; root: Hash } {
  const note = parseNote(readFileSync(join(dir, 'checkpoint')))
  const checkpoint = note && parseCheckpoint(note.text)
  if (!checkpoint) throw new Error('no checkpoint')
  return { ...checkpoint, text: note.text }
}

/** Replaces bytes of a segment, which is read-only when it is finished. */
function rewrite(dir: string, change: (text: string) => string): void {
  const path = join(dir, 'seg', '000000000000.jsonl')
  const text = change(readFileSync(path, 'utf8'))
  rmSync(path)
  writeFileSync(path, text)
}

describe('a proof', () => {
  it('of every entry of a small log holds for that entry and no other', async () => {
    const { dir } = await closedLedger(40)
    const lines = linesOf(dir)
    for (const [n, line] of lines.entries()) {
      const text = await prove(dir, n)
      expect(checkProof(text, { line }, trusted)).toMatchObject({ index: n, size: 40, witnessed: [] })
      for (const other of lines.filter((one) => one !== line))
        expect(() => checkProof(text, { line: other }, trusted)).toThrow(/does not lead to the signed root/)
    }
  })

  it('ends in the checkpoint exactly as it was signed, and carries extra data', async () => {
    const { dir } = await closedLedger(3)
    const extra = Buffer.from('case 4711')
    const text = await prove(dir, 1, { extra })
    expect(text.endsWith(`\n\n${readFileSync(join(dir, 'checkpoint'), 'utf8')}`)).toBe(true)
    const [, line = ''] = linesOf(dir)
    expect(Buffer.from(checkProof(text, { line }, trusted).extra ?? '').toString()).toBe('case 4711')
    await expect(prove(dir, 1, { extra: new Uint8Array(65_537) })).rejects.toMatchObject({
      code: 'LEDGER_OPTION_INVALID',
    })
  })

  it('is made while the log is written, up to its newest checkpoint', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await expect(prove(ledger.dir, 0)).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
    const receipts = Array.from({ length: 300 }, (_, i) => ledger.append(`"i":${i}`))
    await receipts.at(-1)?.durable
    await expect.poll(() => checkpointOf(ledger.dir).size, { timeout: 10_000 }).toBe(300)
    const [, line = ''] = linesOf(ledger.dir)
    expect(checkProof(await prove(ledger.dir, 1), { line }, trusted).size).toBe(300)
    await expect(prove(ledger.dir, 300)).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
    await ledger.close()
  })

  it('can be made against an older checkpoint', async () => {
    const { dir, root } = await closedLedger(5)
    const older = readFileSync(join(dir, 'checkpoint'), 'utf8')
    await closedLedger(300, root)
    const [line = ''] = linesOf(dir)
    expect(checkProof(await prove(dir, 0, { checkpoint: older }), { line }, trusted).size).toBe(5)
    expect(checkProof(await prove(dir, 0), { line }, trusted).size).toBe(305)
    await expect(prove(dir, 5, { checkpoint: older })).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
    await expect(prove(dir, 5, { checkpoint: 'none' })).rejects.toMatchObject({ code: 'LEDGER_CHECKPOINT_MALFORMED' })
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('of entry %d is refused as an option', async (n) => {
    await expect(prove(temporaryDirectory(), n)).rejects.toMatchObject({ code: 'LEDGER_OPTION_INVALID' })
  })

  it('carries the cosignatures that are kept for its checkpoint', async () => {
    const { dir } = await closedLedger(7)
    const { text, size } = checkpointOf(dir)
    const witness = testCosigner('witness.example/w1', 3)
    const other = testCosigner('witness.example/w2', 4)
    const vkeys = [witness, other].map((one) =>
      formatVkey(verifierKey(one.name, signatureTypes.cosignature, one.publicKey)),
    )
    mkdirSync(join(dir, 'anchors'), { recursive: true })
    const evidence = (name: string, bytes: string | Uint8Array) =>
      writeFileSync(join(dir, 'anchors', `${String(size).padStart(12, '0')}.${name}`), bytes)
    const note = readFileSync(join(dir, 'checkpoint'), 'utf8')
    evidence('w1.cosig', note + cosign(text, witness, 1_768_471_200))
    evidence('again.cosig', note + cosign(text, witness, 1_768_471_200))
    evidence('noise.cosig', '— not a signature\nany\n\n')
    evidence('bytes.cosig', Buffer.from([0xe2, 0x80, 0x94, 0x20, 0xff, 0x0a]))
    evidence('other.cosig', note.replace('\n7\n', '\n8\n') + cosign(text, other, 5))
    evidence('token.tsr', note + cosign(text, other, 5))
    writeFileSync(join(dir, 'anchors', '000000000008.w2.cosig'), note + cosign(text, other, 5))
    const proof = await prove(dir, 3)
    expect(proof.match(/^— /gm)).toHaveLength(2)
    const line = linesOf(dir)[3] ?? ''
    const { witnessed } = checkProof(proof, { line }, { ...trusted, witnesses: vkeys, witnessesMin: 1 })
    expect(witnessed).toEqual([{ name: 'witness.example/w1', timeS: 1_768_471_200 }])
    expect(() => checkProof(proof, { line }, { ...trusted, witnesses: vkeys })).toThrow(
      /1 of 2 witnesses.*witness.example\/w2/,
    )
  })
})

describe('a proof against a cosigned checkpoint', () => {
  it('is made against the newest one that covers the entry', async () => {
    const witness = testCosigner('witness.example/w1', 3)
    const witnesses = [formatVkey(verifierKey(witness.name, signatureTypes.cosignature, witness.publicKey))]
    const { dir, root } = await closedLedger(3)
    mkdirSync(join(dir, 'anchors'), { recursive: true })
    const cosignNow = () => {
      const { text, size } = checkpointOf(dir)
      const note = readFileSync(join(dir, 'checkpoint'), 'utf8') + cosign(text, witness, size)
      writeFileSync(join(dir, 'anchors', `${String(size).padStart(12, '0')}.w1.cosig`), note)
    }
    cosignNow()
    await closedLedger(4, root)
    cosignNow()
    await closedLedger(5, root)
    writeFileSync(join(dir, 'anchors', '000000000009.w1.cosig'), 'no note')
    const lines = linesOf(dir)
    for (const n of [0, 6]) {
      const proof = await prove(dir, n, { cosigned: true })
      const says = { size: 7, witnessed: [{ name: 'witness.example/w1', timeS: 7 }] }
      expect(checkProof(proof, { line: lines[n] ?? '' }, { ...trusted, witnesses })).toMatchObject(says)
    }
    await expect(prove(dir, 7, { cosigned: true })).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
    await expect(prove(temporaryDirectory(), 0, { cosigned: true })).rejects.toMatchObject({
      code: 'LEDGER_PROOF_UNAVAILABLE',
    })
  })
})

describe('seals', () => {
  async function sealedLedger(): Promise<{ dir: string; lines: string[] }> {
    const ledger = openTest(temporaryDirectory())
    for (const count of [700, 300, 5]) {
      for (let i = 0; i < count; i++) ledger.append(`"i":${i}`)
      await ledger.flush()
      await ledger.seal()
    }
    for (let i = 0; i < 40; i++) ledger.append(`"i":${i}`)
    await ledger.close()
    const names = readdirSync(join(ledger.dir, 'seg')).filter((name) => name.endsWith('.jsonl'))
    const texts = names.sort().map((name) => readFileSync(join(ledger.dir, 'seg', name), 'utf8'))
    rmSync(join(ledger.dir, 'tile'), { recursive: true, force: true })
    return { dir: ledger.dir, lines: texts.flatMap((text) => text.split('\n').slice(0, -1)) }
  }

  it('stand for segments that were purged, so that what is left can be proved', async () => {
    const { dir, lines } = await sealedLedger()
    rmSync(join(dir, 'seg/000000000000.jsonl'))
    rmSync(join(dir, 'seg/000000001000.jsonl'))
    for (const n of [700, 850, 999, 1005, 1044])
      expect(checkProof(await prove(dir, n), { line: lines[n] ?? '' }, trusted)).toMatchObject({ index: n, size: 1045 })
    for (const n of [0, 699, 1000])
      await expect(prove(dir, n)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
    rmSync(join(dir, 'seg/000000000000.seal'))
    await expect(prove(dir, 850)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
  })

  it('that are wrong are worked around while there are lines, and never believed', async () => {
    const { dir, lines } = await sealedLedger()
    const seal = join(dir, 'seg/000000000000.seal')
    const text = readFileSync(seal, 'utf8').split('\n')
    const hashes = text.slice(7, 10)
    rmSync(seal)
    writeFileSync(seal, text.toSpliced(7, 3, ...hashes.toReversed()).join('\n'))
    expect(checkProof(await prove(dir, 850), { line: lines[850] ?? '' }, trusted).index).toBe(850)
    rmSync(join(dir, 'seg/000000000000.jsonl'))
    await expect(prove(dir, 850)).rejects.toMatchObject({ code: 'LEDGER_ROOT_MISMATCH' })
  })
})

describe('a log that was changed', () => {
  it('gives no proof once a line was edited, with tiles or without', async () => {
    const { dir } = await closedLedger(600)
    const leaves = linesOf(dir).map(leafOf)
    rewrite(dir, (text) => text.replace('entry number 17"', 'entry number 71"'))
    await expect(prove(dir, 17)).rejects.toMatchObject({ code: 'LEDGER_ROOT_MISMATCH' })
    writeTiles(dir, leaves)
    await expect(prove(dir, 17)).rejects.toMatchObject({ code: 'LEDGER_ROOT_MISMATCH' })
    // The others are still what was signed, and their tiles know it.
    expect(checkProof(await prove(dir, 18), { line: linesOf(dir)[18] ?? '' }, trusted).index).toBe(18)
  })

  it('gives no proof once lines are missing', async () => {
    const { dir } = await closedLedger(600)
    rmSync(join(dir, 'tile'), { recursive: true, force: true })
    rewrite(dir, (text) => text.slice(0, text.length / 2))
    await expect(prove(dir, 590)).rejects.toMatchObject({ code: 'LEDGER_TREE_INCOMPLETE' })
  })

  it('without a checkpoint, or with something else in its place, gives no proof', async () => {
    const { dir } = await closedLedger(6)
    writeFileSync(join(dir, 'checkpoint'), 'nothing')
    await expect(prove(dir, 1)).rejects.toMatchObject({ code: 'LEDGER_CHECKPOINT_MALFORMED' })
    rmSync(join(dir, 'checkpoint'))
    await expect(prove(dir, 1)).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
    mkdirSync(join(dir, 'checkpoint'))
    await expect(prove(dir, 1)).rejects.toMatchObject({ code: 'LEDGER_PROOF_UNAVAILABLE' })
  })
})

describe('tiles', () => {
  // Built once: 65,536 entries make the first full tile of level 1.
  const count = 66_000
  let made = { dir: '', leaves: [''], files: [''] }
  const root = temporaryRoot()
  beforeAll(async () => {
    const { dir } = await closedLedger(count, root.dir)
    const more = readFileSync(join(dir, 'seg', '000000065536.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
    const leaves = [...linesOf(dir), ...more].map(leafOf)
    rmSync(join(dir, 'tile'), { recursive: true, force: true })
    made = { dir, leaves, files: writeTiles(dir, leaves) }
    return () => root.remove()
  })

  const places = [0, 255, 256, 40_000, 65_535, 65_536, 65_800, 65_999]

  async function expectProofs(dir: string): Promise<void> {
    for (const n of places) {
      const leaf = Buffer.from(made.leaves[n] ?? '', 'latin1')
      expect(checkProof(await prove(dir, n), { leaf }, trusted)).toMatchObject({ index: n, size: count })
    }
  }

  it('and no tiles give the same proofs', async () => {
    const proofs = await Promise.all(places.map((n) => prove(made.dir, n)))
    await expectProofs(made.dir)
    const copy = temporaryDirectory()
    cpSync(made.dir, copy, { recursive: true })
    rmSync(join(copy, 'tile'), { recursive: true })
    expect(await Promise.all([places[0], places[7]].map((n) => prove(copy, n ?? 0)))).toEqual([proofs[0], proofs[7]])
  })

  it('prove entries whose segment is gone', async () => {
    const copy = temporaryDirectory()
    cpSync(made.dir, copy, { recursive: true })
    rmSync(join(copy, 'seg', '000000000000.jsonl'))
    for (const n of [0, 300, 65_535]) {
      const leaf = Buffer.from(made.leaves[n] ?? '', 'latin1')
      expect(checkProof(await prove(copy, n), { leaf }, trusted).index).toBe(n)
    }
  })

  it('that are missing, cut, or forged never make a wrong proof, and are worked around', async () => {
    const [lowest = '', second = '', above = '', top = ''] = [
      'tile/0/000',
      'tile/0/156',
      'tile/1/000',
      'tile/2/000.p/1',
    ]
    expect(made.files).toEqual(expect.arrayContaining([lowest, second, above, top]))
    const each = (files: readonly string[], work: (file: string) => void) => {
      for (const file of files) work(file)
    }
    const forge = (dir: string, file: string) => writeFileSync(join(dir, file), readFileSync(join(dir, file)).reverse())
    const damages: ((dir: string) => void)[] = [
      ...[lowest, second, above, top].map((file) => (dir: string) => forge(dir, file)),
      (dir) => each([lowest, second, above, top], (file) => forge(dir, file)),
      (dir) => each(made.files, (file) => forge(dir, file)),
      (dir) =>
        each(
          made.files.filter((_, i) => i % 3 === 0),
          (file) => rmSync(join(dir, file)),
        ),
      // A whole other log's tiles, right among themselves.
      (dir) => void writeTiles(dir, made.leaves.toReversed()),
      (dir) => void writeTiles(dir, made.leaves.with(40_000, leafOf('forged'))),
    ]
    for (const [i, damage] of damages.entries()) {
      const copy = temporaryDirectory()
      cpSync(made.dir, copy, { recursive: true })
      damage(copy)
      const n = i % 2 === 0 ? 40_000 : 65_999
      const leaf = Buffer.from(made.leaves[n] ?? '', 'latin1')
      expect(checkProof(await prove(copy, n), { leaf }, trusted)).toMatchObject({ index: n, size: count })
    }
  })

  it('give consistency proofs, checked, from any size to the signed one', async () => {
    const { size, root: toRoot } = checkpointOf(made.dir)
    const tree = new Tree()
    const roots = new Map<number, Hash>()
    for (const leaf of made.leaves) {
      tree.push(leaf)
      if ([1, 255, 256, 4711, 65_535, 65_536, 65_999, count].includes(tree.size)) roots.set(tree.size, tree.root())
    }
    const copy = temporaryDirectory()
    cpSync(made.dir, copy, { recursive: true })
    writeFileSync(join(copy, 'tile/0/018'), Buffer.alloc(8192))
    for (const [from, fromRoot] of roots) {
      const proof = await proveConsistency(copy, from, { size, root: toRoot })
      expect(verifyConsistency({ from, fromRoot, to: size, toRoot, proof })).toBe(true)
    }
    expect(await proveConsistency(copy, 0, { size, root: toRoot })).toEqual([])
    const another = proveConsistency(copy, 5, { size, root: leafOf('another') })
    await expect(another).rejects.toMatchObject({ code: 'LEDGER_ROOT_MISMATCH' })
  })
})

/** For what is made once and used by several tests. */
function temporaryRoot(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-prove-'))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}
