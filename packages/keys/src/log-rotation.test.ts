import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateLogKey } from './log-key.ts'
import { listLogKeys, rotateLogKey } from './log-rotation.ts'
import { parseLogRotation, signLogRotation } from './log-rotation-note.ts'
import { memoryKeys } from './memory.ts'
import { openKeys } from './open.ts'

let home = ''
let dir = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-rotation-'))
  dir = join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const publicKeyOf = (): string => Buffer.from(openKeys({ dir }).log.publicKey).toString('base64')
const logFiles = (of = dir): string[] => readdirSync(of).filter((name) => name.startsWith('log'))
const hasMlDsa44 = Number(process.versions.node.split('.')[0]) >= 26 || process.versions.node.startsWith('24.')

describe('a rotation of the log key', () => {
  it('leaves the new key and a statement that both signed', () => {
    const before = publicKeyOf()
    const pem = readFileSync(join(dir, 'log.pem'))
    const { previous, current } = rotateLogKey(dir)
    expect([previous, publicKeyOf()]).toEqual([before, current])
    expect(logFiles()).toEqual(['log-000001.note', 'log.pem'])
    expect(readFileSync(join(dir, 'log.pem'))).not.toEqual(pem)
    const { lineage = [] } = openKeys({ dir }).log
    expect(lineage.map((note) => parseLogRotation(note))).toMatchObject([{ from: previous, to: current }])
  })

  it('after another leads through all keys, oldest first', () => {
    const keys = [publicKeyOf()]
    for (let i = 0; i < 3; i++) keys.push(rotateLogKey(dir, { now: () => i }).current)
    const lineage = openKeys({ dir }).log.lineage?.map((note) => parseLogRotation(note)?.to)
    expect(lineage).toEqual(keys.slice(1))
    expect(listLogKeys(dir).map(({ publicKey, current }) => [publicKey, current])).toEqual(
      keys.toReversed().map((key, i) => [key, i === 0]),
    )
  })

  it('is finished by the next opening, wherever a crash stopped it', () => {
    openKeys({ dir })
    const old = readFileSync(join(dir, 'log.pem'))
    const { previous, current } = rotateLogKey(dir)
    const next = readFileSync(join(dir, 'log.pem'))
    const note = readFileSync(join(dir, 'log-000001.note'))
    const write = (files: Record<string, Buffer>): void => {
      for (const name of logFiles()) rmSync(join(dir, name))
      for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content, { mode: 0o600 })
    }
    // Only the new key: nothing happened yet.
    write({ 'log.pem': old, 'log.next.pem': next })
    expect(publicKeyOf()).toBe(previous)
    // The statement is there: it happened.
    const halfway: [string, Record<string, Buffer>][] = [
      ['statement', { 'log.pem': old, 'log.next.pem': next, 'log-000001.note': note }],
      ['replaced', { 'log.pem': next, 'log.old.pem': old, 'log-000001.note': note }],
      ['half overwritten', { 'log.pem': next, 'log.old.pem': Buffer.alloc(20), 'log-000001.note': note }],
    ]
    for (const [name, state] of halfway) {
      write(state)
      expect(publicKeyOf(), name).toBe(current)
      expect(logFiles(), name).toEqual(['log-000001.note', 'log.pem'])
    }
    // The second name of a key that is still in use is no old key.
    write({ 'log.pem': old })
    linkSync(join(dir, 'log.pem'), join(dir, 'log.old.pem'))
    expect(publicKeyOf()).toBe(previous)
    expect(logFiles()).toEqual(['log.pem'])
  })

  it('that was interrupted before its statement is made with the same new key', () => {
    openKeys({ dir })
    const next = generateLogKey()
    writeFileSync(join(dir, 'log.next.pem'), next, { mode: 0o600 })
    rotateLogKey(dir)
    expect(readFileSync(join(dir, 'log.pem'))).toEqual(next)
  })

  it('is not believed by whoever finds the statement and not the new key', () => {
    openKeys({ dir })
    const old = readFileSync(join(dir, 'log.pem'))
    const { previous } = rotateLogKey(dir)
    writeFileSync(join(dir, 'log.pem'), old)
    const { log } = openKeys({ dir })
    expect([Buffer.from(log.publicKey).toString('base64'), log.lineage]).toEqual([previous, undefined])
  })

  it('names a statement that is damaged', () => {
    openKeys({ dir })
    rotateLogKey(dir)
    writeFileSync(join(dir, 'log-000001.note'), 'x')
    expect(() => openKeys({ dir })).toThrow(/log-000001\.note/)
  })

  it('is forgotten by a key that came from elsewhere', () => {
    openKeys({ dir })
    rotateLogKey(dir)
    writeFileSync(join(dir, 'log.pem'), generateLogKey(), { mode: 0o600 })
    expect(openKeys({ dir }).log.lineage).toBeUndefined()
  })
})

describe('a statement about a rotation', () => {
  it('is made for signers that need time, too', async () => {
    const [from, to] = [memoryKeys().log, memoryKeys().log]
    const slow = { publicKey: to.publicKey, sign: async (message: Uint8Array) => to.sign(message) }
    const note = await signLogRotation(from, slow, { now: () => 0 })
    expect(parseLogRotation(note)).toMatchObject({ time: '1970-01-01T00:00:00.000Z' })
  })

  it('with any byte changed is none', async () => {
    const note = await signLogRotation(memoryKeys().log, memoryKeys().log)
    void fc.assert(
      fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const edited = Uint8Array.from(note)
        edited[at] = (edited[at] ?? 0) ^ change
        return parseLogRotation(edited) === undefined
      }),
    )
    void fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => parseLogRotation(bytes) === undefined))
  })
})

describe('a second log key', () => {
  it.skipIf(!hasMlDsa44)('is made once and signs with ML-DSA-44 (needs Node 24.6)', () => {
    const first = openKeys({ dir, mlDsa44: true }).log.second
    expect([first?.publicKey.length, first?.sign(Buffer.from('x')).length]).toEqual([1_312, 2_420])
    expect(openKeys({ dir, mlDsa44: true }).log.second?.publicKey).toEqual(first?.publicKey)
    expect(openKeys({ dir }).log.second).toBeUndefined()
  })

  it.skipIf(hasMlDsa44)('is refused by name where Node.js does not know it', () => {
    expect(() => openKeys({ dir, mlDsa44: true })).toThrow(/option mlDsa44/)
  })
})
