/** The vectors of FORMAT.md, which were made by a writer that shares no code with this package: test/vectors/ledger/make.ts. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCheckpoint } from './checkpoint.ts'
import { openTest, temporaryDirectory, testSigner } from './ledger.fixture.ts'
import { Chain } from './line.ts'
import { formatNote, isSignedBy, keyIdOf, parseNote } from './note.ts'
import { hashToHex, leafOf, Tree } from './tree.ts'
import { verify } from './verify.ts'

const vectors = join(import.meta.dirname, '..', '..', '..', 'test', 'vectors', 'ledger')

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(vectors, name), 'utf8'))
}

describe('the vectors', () => {
  it('of lines are framed, chained and hashed alike', () => {
    const { lines } = read<{ lines: { n: number; d: number; body: string; line: string; h: string; leaf: string }[] }>(
      'lines.json',
    )
    const chain = new Chain(0, '')
    for (const { n, d, body, line, h, leaf } of lines) {
      expect(chain.next).toBe(n)
      expect(chain.frame(d, body)).toBe(line)
      expect(chain.last).toBe(h)
      expect(hashToHex(leafOf(line))).toBe(leaf)
    }
    expect(lines.length).toBeGreaterThan(5)
  })

  it('of trees have the same roots', () => {
    const { roots } = read<{ roots: string[] }>('tree.json')
    const tree = new Tree()
    for (const [size, root] of roots.entries()) {
      expect(hashToHex(tree.root()), `size ${size}`).toBe(root)
      tree.push(leafOf(`leaf ${size}`))
    }
    expect(roots.length).toBeGreaterThan(16)
  })

  it('of notes are made and verified alike', async () => {
    const vector = read<{ publicKey: string; name: string; keyId: string; text: string; note: string }>('note.json')
    const key = { name: vector.name, publicKey: Buffer.from(vector.publicKey, 'base64') }
    expect(Buffer.from(testSigner().publicKey)).toEqual(key.publicKey)
    expect(keyIdOf(key.name, key.publicKey).toString('hex')).toBe(vector.keyId)
    expect(formatNote(vector.text, key, await testSigner().sign(Buffer.from(vector.text)))).toBe(vector.note)
    const note = parseNote(Buffer.from(vector.note))
    expect(note && isSignedBy(note, key)).toBe(true)
    expect(note && parseCheckpoint(note.text)).toMatchObject({ origin: vector.name, size: 7 })
  })

  const names = readdirSync(vectors).filter((name) => name.startsWith('directory-'))
  it.each(names)('%s is judged as it says', async (name) => {
    const vector = read<{ publicKey: string; files: Record<string, string>; breaks: object[]; root?: string }>(name)
    const root = temporaryDirectory()
    const dir = join(root, 'w-0123456789ab')
    for (const [file, content] of Object.entries(vector.files)) {
      mkdirSync(dirname(join(dir, file)), { recursive: true })
      writeFileSync(join(dir, file), content)
    }
    const report = await verify(root, { publicKeys: [Buffer.from(vector.publicKey, 'base64')] })
    expect(report.streams).toHaveLength(1)
    const [stream] = report.streams
    expect(stream?.integrity.breaks.map(({ code, n }) => ({ code, n }))).toEqual(vector.breaks)
    expect(stream?.integrity.ok).toBe(vector.breaks.length === 0)
    if (vector.root === undefined) return
    expect(stream?.root).toBe(vector.root)
    const ledger = openTest(root)
    expect(ledger.opening).toMatchObject({ writer: 'w-0123456789ab', previous: 'closed', next: 7, refused: [] })
    await ledger.close()
  })

  it('are all there, and byte for byte what their maker writes', () => {
    const made = temporaryDirectory()
    const { status } = spawnSync(process.execPath, [join(vectors, 'make.ts'), made], { stdio: 'inherit' })
    expect(status).toBe(0)
    const all = readdirSync(vectors).filter((name) => name.endsWith('.json'))
    expect(readdirSync(made).sort()).toEqual(all.sort())
    for (const name of all)
      expect(readFileSync(join(vectors, name), 'utf8'), name).toBe(readFileSync(join(made, name), 'utf8'))
    expect(names.length).toBeGreaterThanOrEqual(14)
  })
})
