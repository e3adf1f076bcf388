/** The vectors of proofs, made by test/vectors/ledger/proofs/make.ts, which shares no code with this package. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LedgerError } from '../errors.ts'
import { temporaryDirectory } from '../ledger.fixture.ts'
import { leafOf } from '../tree.ts'
import { checkProof } from './check-proof.ts'
import { verifyConsistency } from './consistency.ts'
import { writeTiles } from './tiles.fixture.ts'

const vectors = join(import.meta.dirname, '../../../../test/vectors/ledger/proofs')
const others = ['consistency.json', 'tiles.json']
const all = readdirSync(vectors).filter((name) => name.endsWith('.json'))
const names = all.filter((name) => !others.includes(name))

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(vectors, name), 'utf8'))
}

describe('the vectors of proofs', () => {
  it.each(names)('%s is judged as it says', (name) => {
    const vector = read<{ publicKey: string; witnesses: string[]; line: string; proof: string; code: string | null }>(
      name,
    )
    const { line, proof, witnesses } = vector
    const check = () =>
      checkProof(proof, { line }, { publicKeys: [Buffer.from(vector.publicKey, 'base64')], witnesses })
    if (vector.code === null) expect(check().witnessed).toHaveLength(witnesses.length)
    else expect(check).toThrow(expect.objectContaining({ constructor: LedgerError, code: vector.code }))
  })

  it('of consistency hold exactly where they say so', () => {
    const hash = (hex: string) => Buffer.from(hex, 'hex').toString('latin1')
    const { claims } = read<{
      claims: { from: number; fromRoot: string; to: number; toRoot: string; proof: string[]; holds: boolean }[]
    }>('consistency.json')
    for (const { from, to, holds, ...one } of claims) {
      const claim = { from, to, fromRoot: hash(one.fromRoot), toRoot: hash(one.toRoot), proof: one.proof.map(hash) }
      expect(verifyConsistency(claim), JSON.stringify({ from, to, ...one })).toBe(holds)
    }
    expect(new Set(claims.map(({ holds }) => holds)).size).toBe(2)
  })

  it('of tiles are the files that a log of that size has', () => {
    const { size, sha256 } = read<{ size: number; sha256: Record<string, string> }>('tiles.json')
    const dir = temporaryDirectory()
    const leaves = Array.from({ length: size }, (_, i) => leafOf(`leaf ${i}`))
    const files = writeTiles(dir, leaves, 0)
    const found = files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(dir, file)))
        .digest('hex'),
    ])
    expect(Object.fromEntries(found)).toEqual(sha256)
    expect(existsSync(join(dir, 'tile/2/000.p/1'))).toBe(true)
  })

  it('are all there, and byte for byte what their maker writes', () => {
    const made = temporaryDirectory()
    expect(spawnSync(process.execPath, [join(vectors, 'make.ts'), made], { stdio: 'inherit' }).status).toBe(0)
    expect(readdirSync(made).sort()).toEqual(all.sort())
    for (const name of all)
      expect(readFileSync(join(vectors, name), 'utf8'), name).toBe(readFileSync(join(made, name), 'utf8'))
    expect(names.length).toBeGreaterThan(35)
  })
})
