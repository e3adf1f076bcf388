import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../ledger.fixture.ts'
import { fileAnchor } from './file-anchor.ts'
import { growingLog } from './growing-log.fixture.ts'
import { findLastCheckpoint, heldFileName } from './held-note.ts'

const { signal } = new AbortController()
const log = growingLog()
const origin = log.at(0).origin

function setUp() {
  const path = temporaryDirectory()
  const anchor = fileAnchor({ path })
  const file = join(path, heldFileName(origin))
  const publish = (size: number, from = log) => anchor.publish(from.at(size), from.tree, signal)
  return { path, anchor, file, publish }
}

const rollback = expect.objectContaining({ code: 'LEDGER_ANCHOR_ROLLBACK' })
const refused = expect.objectContaining({ code: 'LEDGER_ANCHOR_REFUSED' })
const unreachable = expect.objectContaining({ code: 'LEDGER_ANCHOR_UNREACHABLE' })

describe('a file anchor', () => {
  it('keeps every checkpoint it was shown, one after the other, byte for byte', async () => {
    const { file, publish } = setUp()
    for (const size of [0, 1, 5, 8, 13]) await publish(size)
    expect(readFileSync(file, 'utf8')).toBe([0, 1, 5, 8, 13].map((size) => log.at(size).note).join(''))
  })

  it('keeps the same checkpoint once', async () => {
    const { file, publish } = setUp()
    await publish(5)
    await publish(5)
    expect(readFileSync(file, 'utf8')).toBe(log.at(5).note)
  })

  it('refuses a smaller tree, another tree of that size and a larger one that does not continue', async () => {
    const { file, publish } = setUp()
    await publish(8)
    await expect(publish(7)).rejects.toEqual(rollback)
    await expect(publish(0)).rejects.toEqual(rollback)
    await expect(publish(8, growingLog(origin, 3))).rejects.toEqual(rollback)
    await expect(publish(13, growingLog(origin, 3))).rejects.toEqual(rollback)
    expect(readFileSync(file, 'utf8')).toBe(log.at(8).note)
    await publish(13, growingLog(origin, 8))
  })

  it('asks the log for a proof and refuses when it has none', async () => {
    const { anchor, publish } = setUp()
    await publish(8)
    const tree = { consistency: () => Promise.reject(new Error('the lines are gone')) }
    await expect(anchor.publish(log.at(9), tree, signal)).rejects.toEqual(refused)
    await expect(anchor.publish(log.at(9), { consistency: async () => [] }, signal)).rejects.toEqual(rollback)
  })

  it('tells logs apart, also those whose names differ only in what a file name cannot hold', async () => {
    const { path, anchor } = setUp()
    for (const other of ['clinic/a', 'clinic_a', `clinic/${'long'.repeat(100)}`, '..', '.hidden', 'ärzte/a']) {
      await anchor.publish(growingLog(other).at(3), growingLog(other).tree, signal)
    }
    expect(readdirSync(path)).toHaveLength(6)
    expect(readdirSync(path).every((name) => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,130}\.notes$/.test(name))).toBe(true)
  })

  it('goes on behind what a crash left, wherever it cut', async () => {
    const first = log.at(5).note
    const second = log.at(9).note
    for (let cut = 0; cut < second.length; cut++) {
      const { file, publish } = setUp()
      writeFileSync(file, `${first}${second}`)
      truncateSync(file, Buffer.byteLength(first) + Buffer.byteLength(second.slice(0, cut)))
      await expect(publish(4)).rejects.toEqual(rollback)
      await publish(7)
      await expect(publish(6)).rejects.toEqual(rollback)
      expect(readFileSync(file, 'utf8').endsWith(log.at(7).note)).toBe(true)
    }
  })

  it('begins again behind the remains of the very first note', async () => {
    for (const cut of [1, 10, origin.length, origin.length + 1, origin.length + 10, log.at(5).note.length - 1]) {
      const { file, publish } = setUp()
      writeFileSync(file, log.at(5).note.slice(0, cut))
      await publish(7)
      await expect(publish(6)).rejects.toEqual(rollback)
    }
  })

  it('refuses a file that holds something else', async () => {
    const { file, publish } = setUp()
    writeFileSync(file, 'shopping list\n')
    await expect(publish(5)).rejects.toEqual(refused)
    expect(readFileSync(file, 'utf8')).toBe('shopping list\n')
  })

  it('is unreachable when its directory is missing, and makes none', async () => {
    const path = join(temporaryDirectory(), 'not-mounted')
    await expect(fileAnchor({ path }).publish(log.at(5), log.tree, signal)).rejects.toEqual(unreachable)
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  })

  it('follows no link and writes into no directory in its place', async () => {
    const { path, file, publish } = setUp()
    writeFileSync(join(path, 'elsewhere'), '')
    symlinkSync(join(path, 'elsewhere'), file)
    await expect(publish(5)).rejects.toEqual(unreachable)
    expect(readFileSync(join(path, 'elsewhere'), 'utf8')).toBe('')
    const second = setUp()
    mkdirSync(second.file)
    await expect(second.publish(5)).rejects.toEqual(unreachable)
  })

  it('says that it lies on the same device as the ledger', async () => {
    const { anchor } = setUp()
    const { detail } = await anchor.publish({ ...log.at(3), dir: temporaryDirectory() }, log.tree, signal)
    expect(detail).toContain('same device')
  })

  it.skipIf(process.platform !== 'linux')('says nothing of the kind when it lies on another device', async () => {
    const { path, anchor } = setUp()
    const elsewhere = await anchor.publish({ ...log.at(3), dir: '/proc' }, log.tree, signal)
    expect(elsewhere.detail).toBe(path)
  })

  it('takes what comes at the same moment one after the other', async () => {
    const { path, file, anchor, publish } = setUp()
    const other = growingLog('clinic/anchor.long/w-aaaaaaaaaaaa')
    const tooSmall = expect(Promise.all([publish(5), publish(8), publish(6)])).rejects.toEqual(rollback)
    await anchor.publish(other.at(3), other.tree, signal)
    await tooSmall
    expect(readFileSync(file, 'utf8')).toBe(log.at(5).note + log.at(8).note)
    expect(readFileSync(join(path, heldFileName(other.at(0).origin)), 'utf8')).toBe(other.at(3).note)
  })

  it('does nothing for a caller that does not wait', async () => {
    const { path, anchor } = setUp()
    await expect(anchor.publish(log.at(3), log.tree, AbortSignal.abort())).rejects.toEqual(unreachable)
    expect(readdirSync(path)).toEqual([])
  })

  it('keeps nothing that is not the checkpoint it is said to be', async () => {
    const { path, anchor } = setUp()
    for (const wrong of [{ size: 4 }, { origin: 'another' }, { note: 'no note' }]) {
      await expect(anchor.publish({ ...log.at(3), ...wrong }, log.tree, signal)).rejects.toEqual(refused)
    }
    expect(
      readdirSync(path)
        .flatMap((name) => readFileSync(join(path, name), 'utf8'))
        .join(''),
    ).toBe('')
  })

  it('refuses options that cannot be, by name', () => {
    const invalid = (option: string) =>
      expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining(`${option}:`) })
    expect(() => fileAnchor({ path: '' })).toThrow(invalid('path'))
    expect(() => fileAnchor({ path: '/mnt', name: '../x' })).toThrow(invalid('name'))
    expect(() => fileAnchor({ path: '/mnt', timeoutMs: 0 })).toThrow(invalid('timeoutMs'))
  })
})

describe('the last checkpoint of a file of notes', () => {
  it('is found behind anything, and nothing is found in anything else', () => {
    const note = log.at(5).note
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const found = findLastCheckpoint(bytes, origin)
        expect(found).toBeUndefined()
        expect(findLastCheckpoint(Buffer.concat([bytes, Buffer.from(`\n${note}`)]), origin)?.size).toBe(5)
      }),
    )
  })

  it('survives any bytes behind it that are no checkpoint', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\n', '—', ' ', origin, '7', 'A'), maxLength: 60 }), (text) => {
        const found = findLastCheckpoint(Buffer.from(`${log.at(5).note}\n${text}`), origin)
        expect(found === undefined || found.size === 5).toBe(true)
      }),
    )
  })

  it('is the last of many', () => {
    const { file } = setUp()
    for (let size = 0; size < 300; size++) appendFileSync(file, log.at(size).note)
    expect(findLastCheckpoint(readFileSync(file), origin)?.size).toBe(299)
  })
})
