/** Ledgers whose log key was replaced: continued, verified from any key of the row, and refused where the row is broken. */

import { generateKeyPairSync, sign } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { TestKeeper } from '../epoch-keeper.fixture.ts'
import { formatRotation, rotationKeyName } from '../keep/key-statement.ts'
import { secondKeyName } from '../keep/second-signature.ts'
import { allIds, openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { OpenOptions, Signer } from '../ledger.ts'
import { formatSignature, keyIdOf, parseNote } from '../note.ts'
import { verify } from '../verify.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const keys = [1, 2, 3].map((seed) => testSigner(seed).publicKey)

async function rotate(from: Signer, to: Signer): Promise<Buffer> {
  const [a, b] = [base64(from.publicKey), base64(to.publicKey)]
  const text = formatRotation({ kind: 'rotation', from: a, to: b, time: '2026-01-15T12:00:00.000Z' })
  const name = rotationKeyName
  let note = `${text}\n`
  for (const { publicKey, sign } of [from, to])
    note += formatSignature({ name, keyId: keyIdOf(name, publicKey), signature: await sign(Buffer.from(text)) })
  return Buffer.from(note)
}

/** The signer after so many rotations. */
async function signerAfter(rotations: number): Promise<Signer> {
  const lineage: Buffer[] = []
  for (let i = 1; i <= rotations; i++) lineage.push(await rotate(testSigner(i), testSigner(i + 1)))
  return { ...testSigner(rotations + 1), lineage }
}

let root = ''
beforeEach(() => {
  root = temporaryDirectory()
})

async function write(id: string, rest: Partial<OpenOptions>) {
  const ledger = openTest(root, rest)
  ledger.append(`"id":"${id}"`)
  await ledger.close()
  return ledger
}

async function breaks(publicKeys?: readonly Uint8Array[]): Promise<string[]> {
  const { streams } = await verify(root, publicKeys ? { publicKeys } : {})
  return streams.flatMap(({ integrity }) => integrity.breaks.map(({ code, file }) => `${code} ${file}`))
}

describe.each([
  ['with epochs', true],
  ['without epochs', false],
])('a ledger %s under a new log key', (_, withEpochs) => {
  let keeper = {}
  beforeEach(() => {
    keeper = withEpochs ? { epochs: new TestKeeper() } : {}
  })

  it('goes on in its directory and verifies from any key of the row', async () => {
    const first = await write('a', { ...keeper, signer: await signerAfter(0) })
    const second = await write('b', { ...keeper, signer: await signerAfter(1) })
    const third = await write('c', { ...keeper, signer: await signerAfter(2) })
    expect([second.dir, third.dir]).toEqual([first.dir, first.dir])
    expect(await allIds(root)).toEqual(['a', 'b', 'c'])
    for (const key of keys) expect(await breaks([key])).toEqual([])
    expect(await breaks([testSigner(9).publicKey])).toEqual(['LEDGER_KEY_UNKNOWN LEDGER.json'])
    expect((await verify(root)).streams).toMatchObject([{ keys: { logKeys: keys.map(base64) } }])
  })

  it('made after the rotation verifies from the keys before it', async () => {
    await write('a', { ...keeper, signer: await signerAfter(2) })
    for (const key of keys) expect(await breaks([key])).toEqual([])
  })

  it('is refused to a key that no rotation leads to, and to the one before', async () => {
    await write('a', { ...keeper, signer: await signerAfter(0) })
    await write('b', { ...keeper, signer: await signerAfter(1) })
    for (const seed of [1, 2, 3]) {
      const ledger = openTest(root, { ...keeper, signer: testSigner(seed) })
      const codes = ledger.opening.refused.map(({ code }) => code)
      await ledger.close()
      rmSync(ledger.dir, { recursive: true })
      expect(codes, `key ${seed}`).toEqual(['LEDGER_KEY_CHANGED'])
    }
  })

  it('with a rotation removed or edited is broken at its place', async () => {
    await write('a', { ...keeper, signer: await signerAfter(0) })
    const { dir } = await write('b', { ...keeper, signer: await signerAfter(1) })
    const name = readdirSync(join(dir, 'keys')).find((one) => {
      return parseNote(readFileSync(join(dir, 'keys', one)))?.text.startsWith('trailmark\n')
    })
    const path = join(dir, 'keys', name ?? '')
    const note = readFileSync(path, 'utf8')
    writeFileSync(path, note.replace('2026', '2027'))
    expect(await breaks([testSigner(1).publicKey])).toContain(`LEDGER_KEYS_UNSIGNED keys/${name}`)
    rmSync(path)
    expect(await breaks([testSigner(1).publicKey])).not.toEqual([])
  })
})

describe('a signer', () => {
  it('whose lineage does not lead to its key is refused at once, by name', async () => {
    const { lineage = [] } = await signerAfter(1)
    expect(() => openTest(root, { signer: { ...testSigner(3), lineage } })).toThrow(/signer must have a lineage/)
  })

  it('that is slow continues a ledger under a new key as well', async () => {
    await write('a', { epochs: new TestKeeper(), signer: await signerAfter(0) })
    const signer = await signerAfter(1)
    const slow = { ...signer, sign: async (message: Uint8Array) => signer.sign(message) }
    await write('b', { signer: slow, epochs: new TestKeeper() })
    expect(await breaks()).toEqual([])
  })
})

const mlDsa44 = ((): { publicKey: Uint8Array; sign(message: Uint8Array): Uint8Array } | undefined => {
  try {
    const { publicKey, privateKey } = generateKeyPairSync('ml-dsa-44')
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-1_312)
    return { publicKey: raw, sign: (message) => sign(null, message, privateKey) }
  } catch {
    return undefined
  }
})()

describe.skipIf(!mlDsa44)('a second signature (needs ML-DSA-44 in Node.js)', () => {
  it('is on every checkpoint, and looked at', async () => {
    const second = mlDsa44
    const { dir, origin } = await write('a', { signer: { ...testSigner(), ...(second && { second }) } })
    const note = readFileSync(join(dir, 'checkpoint'), 'utf8')
    expect(parseNote(Buffer.from(note))?.signatures.map(({ name }) => name)).toEqual([origin, secondKeyName(origin)])
    expect(await breaks()).toEqual([])
    const lines = note.trimEnd().split('\n')
    writeFileSync(join(dir, 'checkpoint'), `${lines.slice(0, -1).join('\n')}\n`)
    expect(await breaks()).toEqual(['LEDGER_SECOND_UNSIGNED checkpoint'])
    const last = lines.at(-1) ?? ''
    const at = last.length - 40
    const edited = last.slice(0, at) + (last[at] === 'A' ? 'B' : 'A') + last.slice(at + 1)
    writeFileSync(join(dir, 'checkpoint'), `${[...lines.slice(0, -1), edited].join('\n')}\n`)
    expect(await breaks()).toEqual(['LEDGER_SECOND_UNSIGNED checkpoint'])
  })

  it('that LEDGER.json promises cannot be left out by the next opening', async () => {
    const second = mlDsa44
    await write('a', { signer: { ...testSigner(), ...(second && { second }) } })
    const { opening } = await write('b', {})
    expect(opening.refused).toMatchObject([{ code: 'LEDGER_KEY_CHANGED' }])
  })
})
