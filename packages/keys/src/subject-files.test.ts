/** Subject keys in files: several processes, damage, and every moment at which a process can end. */
import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeysError } from './errors.ts'
import { generateKeyLine, parseKeyLine } from './key-line.ts'
import type { SubjectKeys } from './ports.ts'
import { makeSlot, slotBytes, sum } from './slot.ts'
import { type Opened, realIo, type SlotIo, type Step } from './slot-io.ts'
import { headerOf, thisOwner } from './slot-owner.ts'
import { subjectId } from './subject-epoch.ts'
import { openSubjectFiles } from './subject-files.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'trailmark-slots-'))
  chmodSync(root, 0o700)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const clock = { now: () => Date.parse('2026-06-15T12:00:00Z') }
const run = promisify(execFile)

interface Open {
  readonly dir?: string
  readonly io?: SlotIo
  readonly create?: boolean
  readonly problems?: KeysError[]
}

function open({ dir = root, io = realIo, create = true, problems = [] }: Open = {}): SubjectKeys {
  return openSubjectFiles({ dir, create, clock, io, onProblem: (error) => void problems.push(error) })
}

function kidOf(subjects: SubjectKeys, id: string): string {
  return subjects.current({ id })?.kid ?? 'none'
}

const slotFiles = (dir = root) => readdirSync(join(dir, 'subjects')).filter((name) => name.includes('.slots'))
const slotFile = (dir = root) => join(dir, 'subjects', slotFiles(dir)[0] ?? 'none')

/** A directory with the slots of `count` people, written by a process that is gone. */
async function written(count: number, dir = root): Promise<string[]> {
  const script = `
    const { openSubjectFiles } = await import(${JSON.stringify(new URL('./subject-files.ts', import.meta.url).href)})
    const subjects = openSubjectFiles({ dir: ${JSON.stringify(dir)}, create: true, clock: { now: () => ${clock.now()} }, onProblem: console.error })
    const kids = Array.from({ length: ${count} }, (_, i) => subjects.current({ id: 'usr_' + i }).kid)
    await subjects.persist()
    console.log(JSON.stringify(kids))`
  const { stdout } = await run(process.execPath, [
    '--conditions=@trailmark/source',
    '--input-type=module',
    '-e',
    script,
  ])
  const kids: string[] = JSON.parse(stdout)
  return kids
}

describe('slot files', () => {
  test('are for their owner alone, and one is made with the first key', async () => {
    const subjects = open()
    expect(slotFiles()).toEqual([])
    kidOf(subjects, 'usr_1')
    expect(subjects.due()).toBe(true)
    await subjects.persist()
    expect(slotFiles()).toHaveLength(1)
    expect(statSync(slotFile()).mode & 0o777).toBe(0o600)
    expect(statSync(slotFile()).size).toBe(2 * slotBytes)
  })

  test('hold no person and no key in clear', async () => {
    const subjects = open()
    const key = subjects.current({ id: 'ann.planted@example.org', tenant: 'north' })
    await subjects.persist()
    const bytes = readFileSync(slotFile())
    for (const planted of ['ann.planted', 'north', key?.pseudonym ?? 'none', key?.commitment ?? 'none']) {
      expect(bytes.includes(planted)).toBe(false)
      expect(bytes.includes(Buffer.from(planted, 'hex').subarray(0, 16)) && /^[0-9a-f]+$/.test(planted)).toBe(false)
    }
  })

  test('are found again by the next process, which makes no second key', async () => {
    const kids = await written(20)
    const subjects = open()
    expect(kids.map((_, i) => kidOf(subjects, `usr_${i}`))).toEqual(kids)
    // Nobody knows whether their births were recorded before that process ended, so they are told once more.
    expect(subjects.takeNews()).toHaveLength(20)
    expect(subjects.due()).toBe(true)
    await subjects.persist()
    expect(slotFiles()).toHaveLength(1)
  })

  test('remember which births are on record', async () => {
    const first = open()
    const kids = ['a', 'b', 'c'].map((id) => kidOf(first, id))
    await first.persist()
    first.told(kids.slice(0, 2))
    kidOf(first, 'd')
    await first.persist()
    const next = open({ create: true })
    for (const id of ['a', 'b', 'c', 'd']) kidOf(next, id)
    expect(next.takeNews().map(({ key }) => key.kid)).toEqual([kids[2], kidOf(first, 'd')])
  })

  test('of another process are looked into before a key is made, and its erasures are noticed', async () => {
    const [one, other] = [open(), open()]
    const kid = kidOf(one, 'usr_1')
    await one.persist()
    expect(kidOf(other, 'usr_1')).toBe(kid)
    await other.destroy({ id: 'usr_1' })
    expect(one.wasErased({ id: 'usr_1' })).toBe(true)
    expect(one.find({ id: 'usr_1' })).toBeUndefined()
    expect(kidOf(one, 'usr_1')).not.toBe(kid)
  })

  test('of two processes with a key for one person: both use the older, the names are linked, and destroying takes both', async () => {
    const [one, other] = [open(), open()]
    const kids = [kidOf(one, 'usr_1'), kidOf(other, 'usr_1')]
    expect(kids[0]).not.toBe(kids[1])
    one.takeNews()
    other.takeNews()
    await Promise.all([one.persist(), other.persist()])
    expect(
      one
        .all({ id: 'usr_1' })
        .map(({ kid }) => kid)
        .toSorted(),
    ).toEqual(kids.toSorted())
    other.all({ id: 'usr_1' })
    expect(kidOf(one, 'usr_1')).toBe(kidOf(other, 'usr_1'))
    for (const subjects of [one, other]) {
      const [alias] = subjects.takeNews().filter(({ kind }) => kind === 'alias')
      expect(alias).toMatchObject({ reason: 'two_writers', key: { kid: kidOf(one, 'usr_1') } })
    }
    expect((await one.destroy({ id: 'usr_1' })).kids.toSorted()).toEqual(kids.toSorted())
    expect(other.all({ id: 'usr_1' })).toEqual([])
  })

  test('of real processes that meet the same people at once lose nobody', async () => {
    const lists = await Promise.all(Array.from({ length: 4 }, () => written(50)))
    const subjects = open()
    for (let i = 0; i < 50; i++) {
      const kids = subjects.all({ id: `usr_${i}` }).map(({ kid }) => kid)
      expect(new Set(lists.map((list) => list[i]))).toEqual(new Set(kids))
    }
    await subjects.rotateKek()
    expect(slotFiles()).toHaveLength(1)
    const next = open()
    for (let i = 0; i < 50; i++) {
      const kids = next.all({ id: `usr_${i}` }).map(({ kid }) => kid)
      expect(new Set(lists.map((list) => list[i]))).toEqual(new Set(kids))
    }
  })

  test('of a process that is gone may be copied and removed while somebody relies on them', async () => {
    const kids = await written(3)
    for (const gone of [(path: string) => renameSync(path, `${path}.old`), (path: string) => rmSync(path)]) {
      const subjects = open()
      expect(kidOf(subjects, 'usr_1')).toBe(kids[1])
      expect(subjects.due()).toBe(true)
      gone(slotFile())
      await subjects.persist()
      expect(subjects.due()).toBe(false)
    }
    const dir = mkdtempSync(join(root, 'other-'))
    await written(1, dir)
    const blocking = open({ dir })
    kidOf(blocking, 'usr_0')
    rmSync(slotFile(dir))
    blocking.persistSync()
    expect(blocking.due()).toBe(false)
  })

  test('for a reader are only read', async () => {
    const kids = await written(3)
    const before = readFileSync(slotFile())
    const reader = open({ create: false })
    expect(reader.all({ id: 'usr_1' }).map(({ kid }) => kid)).toEqual([kids[1]])
    expect(reader.current({ id: 'usr_1' })?.kid).toBe(kids[1])
    expect(reader.current({ id: 'somebody new' })).toBeUndefined()
    expect([reader.anonymous(), reader.takeNews(), reader.due()]).toEqual([undefined, [], false])
    await expect(reader.destroy({ id: 'usr_1' })).rejects.toMatchObject({ code: 'KEYS_DIR_UNUSABLE' })
    await expect(reader.rotateKek()).rejects.toMatchObject({ code: 'KEYS_DIR_UNUSABLE' })
    expect(readFileSync(slotFile())).toEqual(before)
    const bare = mkdtempSync(join(root, 'bare-'))
    expect(open({ dir: bare, create: false }).all({ id: 'usr_1' })).toEqual([])
    expect(readdirSync(bare)).toEqual([])
  })
})

describe('damage', () => {
  test('at the end of a file, as a crash leaves it, is ignored', async () => {
    const kids = await written(3)
    const problems: KeysError[] = []
    for (const size of [1, 64, 127]) {
      truncateSync(slotFile(), 4 * slotBytes)
      writeFileSync(slotFile(), Buffer.alloc(size, 7), { flag: 'a' })
      const subjects = open({ problems })
      expect(kids.map((_, i) => subjects.find({ id: `usr_${i}` })?.kid)).toEqual(kids)
    }
    truncateSync(slotFile(), 4 * slotBytes)
    writeFileSync(slotFile(), Buffer.alloc(slotBytes * 3), { flag: 'a' })
    expect(open({ problems }).find({ id: 'usr_2' })?.kid).toBe(kids[2])
    expect(problems).toEqual([])
  })

  test.each([0, 16, 40, 95, 99, 104, 120, 127])(
    'of a slot at byte %i is told, and its key is not taken for one that never was',
    async (at) => {
      const kids = await written(3)
      const bytes = readFileSync(slotFile())
      bytes[2 * slotBytes + at] = (bytes[2 * slotBytes + at] ?? 0) ^ 0x40
      writeFileSync(slotFile(), bytes)
      const problems: KeysError[] = []
      const subjects = open({ problems })
      expect(problems.map(({ code }) => code)).toEqual(['KEYS_SLOT_DAMAGED'])
      expect(problems[0]?.message).toContain(`${slotFile()} at byte ${2 * slotBytes}`)
      expect([subjects.find({ id: 'usr_0' })?.kid, subjects.find({ id: 'usr_2' })?.kid]).toEqual([kids[0], kids[2]])
      const sealed = { origin: 'o', recordId: 'r', pseudonym: 'p', envelope: '', commitment: '', kid: kids[1] ?? '' }
      const code = at >= 16 && at < 32 ? 'KEYS_SUBJECT_UNKNOWN' : 'KEYS_SLOT_DAMAGED'
      expect(() => subjects.open(sealed)).toThrow(expect.objectContaining({ code }))
      // It is carried along when files are rewritten, since it may still be repaired.
      await subjects.rotateKek()
      const again: KeysError[] = []
      expect(() => open({ problems: again }).open(sealed)).toThrow(expect.objectContaining({ code }))
      expect(again.map((problem) => problem.code)).toEqual(['KEYS_SLOT_DAMAGED'])
    },
  )

  test('is not what a file of another version is: it is refused, and nobody takes it over', async () => {
    await written(2)
    const bytes = readFileSync(slotFile())
    const header = bytes.subarray(0, slotBytes)
    header.writeUInt32BE(2, 16)
    sum(header)
    writeFileSync(slotFile(), bytes)
    expect(() => open()).toThrow(expect.objectContaining({ code: 'KEYS_FILE_INVALID' }))
    expect(readFileSync(slotFile())).toEqual(bytes)
  })

  test('of a slot does not keep it from being destroyed', async () => {
    await written(2)
    const bytes = readFileSync(slotFile())
    bytes[slotBytes + 50] = (bytes[slotBytes + 50] ?? 0) ^ 1
    writeFileSync(slotFile(), bytes)
    await open().destroy({ id: 'usr_0' })
    expect(readFileSync(slotFile()).subarray(slotBytes + 32, slotBytes + 96)).toEqual(Buffer.alloc(64))
  })

  test('of a key-encryption key stops the start; another one in its place opens nothing and is told', async () => {
    await written(2)
    const path = join(root, 'kek-000001.key')
    const good = readFileSync(path)
    writeFileSync(path, 'short')
    expect(() => open()).toThrow(expect.objectContaining({ code: 'KEYS_FILE_INVALID' }))
    writeFileSync(path, generateKeyLine('trailmark-kek-1', 0))
    const problems: KeysError[] = []
    expect(open({ problems }).find({ id: 'usr_0' })).toBeUndefined()
    expect(problems.map(({ code }) => code)).toEqual(['KEYS_SLOT_DAMAGED'])
    writeFileSync(path, good)
    expect(open().find({ id: 'usr_0' })).toBeDefined()
  })

  test('of a key-encryption key that another process made is told, and costs nobody their record', () => {
    const problems: KeysError[] = []
    const subjects = open({ problems })
    const line = parseKeyLine('trailmark-index-key-1', readFileSync(join(root, 'subjects.key')))
    if (line === undefined) throw new Error('no index key')
    writeFileSync(join(root, 'kek-000002.key'), 'short', { mode: 0o600 })
    const [subject, kid, key] = [subjectId(line.key, { id: 'usr_1' }), Buffer.alloc(16, 1), Buffer.alloc(32, 2)]
    const slot = makeSlot({ subject, kid, key, epoch: 2026, createdMs: 0 }, line.key, 2)
    const file = join(root, 'subjects', 'w-000000000000.slots')
    writeFileSync(file, Buffer.concat([headerOf(thisOwner()), slot]), { mode: 0o600 })
    const made = kidOf(subjects, 'usr_1')
    expect(made).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(made).not.toBe(kid.toString('base64url'))
    expect(problems.map(({ code }) => code)).toEqual(['KEYS_FILE_INVALID', 'KEYS_SLOT_DAMAGED'])
  })

  test.runIf(process.platform === 'linux').each(['fifo', 'link', 'directory', 'oversized'])(
    'by something put in the place of a file holds nobody up: %s',
    async (kind) => {
      const subjects = open()
      kidOf(subjects, 'usr_1')
      await subjects.persist()
      const put = (path: string): void => {
        if (kind === 'fifo') execFileSync('mkfifo', ['-m', '600', path])
        else if (kind === 'link') symlinkSync(slotFile(), path)
        else if (kind === 'directory') mkdirSync(path, { mode: 0o700 })
        else {
          writeFileSync(path, '', { mode: 0o600 })
          truncateSync(path, 20_000_000_000)
        }
      }
      const strange = join(root, 'subjects', 'w-000000000000.slots')
      put(strange)
      expect(() => open()).toThrow(expect.objectContaining({ code: 'KEYS_FILE_INVALID' }))
      await expect(subjects.destroy({ id: 'usr_1' })).rejects.toMatchObject({ code: 'KEYS_FILE_INVALID' })
      expect(subjects.all({ id: 'usr_1' })).toHaveLength(1)
      rmSync(strange, { recursive: true })
      // A link to a sound lock would be as good as the lock.
      if (kind === 'link') return
      put(join(root, 'subjects', 'LOCK'))
      await expect(subjects.destroy({ id: 'usr_1' })).rejects.toMatchObject({ code: 'KEYS_FILE_INVALID' })
    },
  )

  test('of a file that is removed while in use loses nobody: what is in memory is written anew, and told', async () => {
    const problems: KeysError[] = []
    const subjects = open({ problems })
    const kids = ['usr_1', 'usr_2', 'usr_3'].map((id) => kidOf(subjects, id))
    await subjects.persist()
    await subjects.destroy({ id: 'usr_3' })
    const told = problems.length
    rmSync(slotFile())
    expect(subjects.all({ id: 'usr_1' }).map(({ kid }) => kid)).toEqual([kids[0]])
    expect([subjects.due(), problems.length]).toEqual([true, told + 1])
    expect(problems.at(-1)?.message).toContain('2 keys')
    await subjects.persist()
    expect(subjects.due()).toBe(false)
    const next = open()
    expect(['usr_1', 'usr_2', 'usr_3'].map((id) => next.find({ id })?.kid)).toEqual([kids[0], kids[1], undefined])
  })

  test.each([
    ['subjects.key', 'trailmark-index-key-1'],
    ['kek-000001.key', 'trailmark-kek-1'],
  ] as const)(
    'of a directory that is replaced while in use: beside another %s nothing is written',
    async (name, format) => {
      const subjects = open()
      const first = kidOf(subjects, 'usr_1')
      await subjects.persist()
      const good = readFileSync(join(root, name))
      const size = statSync(slotFile()).size
      for (const other of [generateKeyLine(format, 0), undefined]) {
        rmSync(join(root, name))
        if (other !== undefined) writeFileSync(join(root, name), other, { mode: 0o600 })
        kidOf(subjects, 'usr_2')
        await expect(subjects.persist()).rejects.toMatchObject({ message: expect.stringContaining(root) })
        expect(() => subjects.persistSync()).toThrow(root)
        expect(statSync(slotFile()).size).toBe(size)
        writeFileSync(join(root, name), good, { mode: 0o600 })
      }
      const kid = kidOf(subjects, 'usr_2')
      await subjects.persist()
      expect([kidOf(open(), 'usr_1'), kidOf(open(), 'usr_2')]).toEqual([first, kid])
    },
  )

  test.each(['subjects', 'subjects.key', 'kek-000001.key', 'slots'])(
    'by rights: %s open to the group is refused',
    async (name) => {
      await written(1)
      chmodSync(name === 'slots' ? slotFile() : join(root, name), name === 'subjects' ? 0o750 : 0o640)
      expect(() => open()).toThrow(expect.objectContaining({ code: 'KEYS_READABLE_BY_OTHERS' }))
    },
  )
})

describe('people who come faster than a disk syncs', () => {
  test('hold up nobody who was there before: persisting ends, and they are in the next', async () => {
    let born = 0
    const bear = (): string => kidOf(subjects, `usr_${born++}`)
    const io: SlotIo = {
      ...realIo,
      datasync(fd) {
        const step = realIo.datasync(fd)
        const later = async (): Promise<void> => {
          // Without an end of it, this would go on for ever.
          if (born < 100) bear()
          await step.later()
        }
        return { now: step.now, later }
      },
    }
    const subjects = open({ io })
    const first = bear()
    await subjects.persist()
    expect(born).toBe(2)
    expect(subjects.due()).toBe(true)
    await subjects.persist()
    expect(born).toBe(3)
    const again = open()
    expect([again.find({ id: 'usr_0' })?.kid, again.find({ id: 'usr_1' })?.kid]).toEqual([
      first,
      kidOf(subjects, 'usr_1'),
    ])
  })
})

describe('a disk that fails', () => {
  test('keeps a key waiting, and gets it with the next attempt', async () => {
    const faults = faulty()
    const subjects = open({ io: faults.io })
    faults.failAt = 2
    const kid = kidOf(subjects, 'usr_1')
    await expect(subjects.persist()).rejects.toThrow('fault')
    expect(subjects.due()).toBe(true)
    faults.failAt = -1
    faults.dead = false
    const other = kidOf(subjects, 'usr_2')
    await subjects.persist()
    expect(subjects.due()).toBe(false)
    const next = open()
    expect([kidOf(next, 'usr_1'), kidOf(next, 'usr_2')]).toEqual([kid, other])
  })

  test('that takes a part of many keys keeps that part, and the others wait', async () => {
    const faults = faulty()
    const subjects = open({ io: faults.io })
    const kids = Array.from({ length: 10_000 }, (_, i) => kidOf(subjects, `usr_${i}`))
    // Opening, header, slots, sync, directory; then the slots of the second round.
    faults.failAt = 5
    await expect(subjects.persist()).rejects.toThrow('fault')
    const [kept] = slotFiles().map((name) => statSync(join(root, 'subjects', name)).size / slotBytes - 1)
    expect(kept).toBeGreaterThan(1_000)
    expect(kept).toBeLessThan(10_000)
    faults.failAt = -1
    faults.dead = false
    await subjects.persist()
    const next = open()
    expect(kids.map((_, i) => kidOf(next, `usr_${i}`))).toEqual(kids)
  })

  test('does not come between a persist under way and a blocking one', async () => {
    const subjects = open()
    const kids = Array.from({ length: 10 }, (_, i) => kidOf(subjects, `usr_${i}`))
    const under = subjects.persist()
    kids.push(kidOf(subjects, 'usr_10'))
    subjects.persistSync()
    expect(subjects.due()).toBe(false)
    await under
    kids.push(kidOf(subjects, 'usr_11'))
    await subjects.persist()
    const next = open()
    expect(kids.map((_, i) => kidOf(next, `usr_${i}`))).toEqual(kids)
  })

  test('or somebody who takes the file away loses no key: the slots are written anew', async () => {
    const subjects = open()
    const first = kidOf(subjects, 'usr_1')
    await subjects.persist()
    const other = open()
    // The way of a process that took this one for dead: everything is in its own file now.
    const bytes = readFileSync(slotFile())
    rmSync(slotFile())
    writeFileSync(join(root, 'subjects', 'w-000000000000.slots'), bytes, { mode: 0o600 })
    const second = kidOf(subjects, 'usr_2')
    await subjects.persist()
    expect([kidOf(other, 'usr_1'), kidOf(other, 'usr_2')]).toEqual([first, second])
    const next = open()
    expect([kidOf(next, 'usr_1'), kidOf(next, 'usr_2')]).toEqual([first, second])
  })
})

describe.each(['before', 'after'] as const)('an end of the process at any call, %s it takes effect,', (when) => {
  test('of a rotation leaves every living key, no destroyed one, and the next rotation finishes', async () => {
    const prepared = join(root, 'prepared')
    await written(5, await made(prepared))
    await open({ dir: prepared }).destroy({ id: 'usr_3' })
    let calls = 1
    for (let at = 0; at < calls; at++) {
      const dir = join(root, 'life')
      copy(prepared, dir)
      const faults = faulty()
      const subjects = open({ dir, io: faults.io })
      const extra = kidOf(subjects, 'extra')
      await subjects.persist()
      const kids = ids.map((id) => subjects.find({ id })?.kid)
      faults.failAt = faults.count + at
      faults.when = when
      faults.dead = false
      const before = faults.count
      await subjects.rotateKek().catch(() => {})
      if (at === 0) calls = 40
      if (faults.count - before <= at) calls = at
      rmSync(join(dir, 'subjects', 'LOCK'), { force: true }) // its holder is gone
      const next = open({ dir })
      expect(ids.map((id) => next.find({ id })?.kid)).toEqual(kids)
      expect(next.find({ id: 'extra' })?.kid).toBe(extra)
      expect([next.wasErased({ id: 'usr_3' }), next.find({ id: 'usr_3' })]).toEqual([true, undefined])
      await next.rotateKek()
      const last = open({ dir })
      expect(ids.map((id) => last.find({ id })?.kid)).toEqual(kids)
      rmSync(dir, { recursive: true })
    }
    expect(calls).toBeGreaterThan(5)
  })

  test('of an erasure leaves the key or takes it, and the next erasure takes it everywhere', async () => {
    const prepared = join(root, 'prepared')
    const kids = await written(3, await made(prepared))
    let calls = 40
    for (let at = 0; at < calls; at++) {
      const dir = join(root, 'life')
      copy(prepared, dir)
      const faults = faulty()
      const subjects = open({ dir, io: faults.io })
      faults.failAt = at
      faults.when = when
      await subjects.destroy({ id: 'usr_1' }).catch(() => {})
      if (faults.count <= at) calls = at
      rmSync(join(dir, 'subjects', 'LOCK'), { force: true })
      const next = open({ dir })
      expect([next.find({ id: 'usr_0' })?.kid, next.find({ id: 'usr_2' })?.kid]).toEqual([kids[0], kids[2]])
      expect(next.find({ id: 'usr_1' })?.kid === kids[1]).toBe(!next.wasErased({ id: 'usr_1' }))
      await next.destroy({ id: 'usr_1' })
      const last = open({ dir })
      expect([last.wasErased({ id: 'usr_1' }), last.find({ id: 'usr_1' })]).toEqual([true, undefined])
      // Nothing of the wrapped key is left in its place.
      const at1 = readFileSync(slotFile(prepared)).subarray(2 * slotBytes + 32, 2 * slotBytes + 92)
      for (const name of slotFiles(dir)) {
        expect(readFileSync(join(dir, 'subjects', name)).includes(at1), `${name} at call ${at}`).toBe(false)
      }
      rmSync(dir, { recursive: true })
    }
    expect(calls).toBeGreaterThan(3)
  })
})

describe('a key-encryption key', () => {
  test('is destroyed once no file names it, and an old copy of the slots opens nothing any more', async () => {
    const subjects = open()
    kidOf(subjects, 'usr_1')
    await subjects.persist()
    const backup = join(root, 'copy')
    copy(join(root, 'subjects'), join(backup, 'subjects'))
    expect(await subjects.rotateKek()).toEqual([1])
    const keks = readdirSync(root).filter((name) => name.startsWith('kek-'))
    expect(keks).toEqual(['kek-000002.key'])
    for (const name of [...keks, 'subjects.key']) cpSync(join(root, name), join(backup, name))
    const problems: KeysError[] = []
    expect(open({ dir: backup, create: false, problems }).find({ id: 'usr_1' })).toBeUndefined()
    expect(problems[0]?.message).toContain('key-encryption key 1')
  })

  test('whose making or destruction a crash cut short does not stop a start, and the next rotation finishes', async () => {
    const kids = await written(3)
    writeFileSync(join(root, 'kek-000002.key'), generateKeyLine('trailmark-kek-1', 0), { mode: 0o600 })
    writeFileSync(join(root, 'kek-000000.gone'), Buffer.alloc(40), { mode: 0o600 })
    const subjects = open()
    expect(kids.map((_, i) => kidOf(subjects, `usr_${i}`))).toEqual(kids)
    renameSync(join(root, 'kek-000001.key'), join(root, 'kek-000001.retired'))
    const next = open()
    expect(kids.map((_, i) => kidOf(next, `usr_${i}`))).toEqual(kids)
    await next.rotateKek()
    expect(readdirSync(root).filter((name) => name.startsWith('kek-'))).toEqual(['kek-000003.key'])
    const last = open()
    expect(kids.map((_, i) => kidOf(last, `usr_${i}`))).toEqual(kids)
  })

  test('that a living process still uses is kept until that process has followed', async () => {
    const [one, other] = [open(), open()]
    const kids = [kidOf(one, 'usr_1'), kidOf(other, 'usr_2')]
    await Promise.all([one.persist(), other.persist()])
    expect(await one.rotateKek()).toEqual([])
    expect(readdirSync(root).filter((name) => name.startsWith('kek-'))).toEqual([
      'kek-000001.retired',
      'kek-000002.key',
    ])
    // Made in memory under the old one, written when that is out of use: wrapped anew.
    const late = kidOf(other, 'usr_3')
    await other.persist()
    expect(await other.rotateKek()).toEqual([1])
    expect(readdirSync(root).filter((name) => name.startsWith('kek-'))).toEqual(['kek-000002.key'])
    const next = open()
    expect([kidOf(next, 'usr_1'), kidOf(next, 'usr_2'), kidOf(next, 'usr_3')]).toEqual([...kids, late])
  })
})

const ids = ['usr_0', 'usr_1', 'usr_2', 'usr_4']

/** Copies a directory; copying forgets the modes of directories. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true })
  chmodSync(to, 0o700)
  for (const entry of readdirSync(to, { withFileTypes: true }))
    if (entry.isDirectory()) chmodSync(join(to, entry.name), 0o700)
}

async function made(dir: string): Promise<string> {
  await run('mkdir', ['-m', '700', dir])
  return dir
}

interface Faults {
  readonly io: SlotIo
  count: number
  /** The call that fails; from then on the process is dead. -1: none. */
  failAt: number
  when: 'before' | 'after'
  dead: boolean
}

/** The real disk, whose calls fail from a certain one on. */
function faulty(): Faults {
  const guard = (step: Step): Step => ({
    now: () => around(() => step.now()),
    later: async () => {
      if (begin()) throw new Error('fault')
      await step.later()
      if (end()) throw new Error('fault')
    },
  })
  let failing = false
  const begin = (): boolean => {
    failing = faults.failAt === faults.count
    faults.count += 1
    if (faults.dead) return true
    if (!failing) return false
    faults.dead = faults.failAt >= 0 && faults.when !== undefined
    return faults.when === 'before'
  }
  const end = (): boolean => failing && faults.when === 'after'
  const around = (work: () => void): void => {
    if (begin()) throw new Error('fault')
    work()
    if (end()) throw new Error('fault')
  }
  const faults: Faults = {
    count: 0,
    failAt: -1,
    when: 'before',
    dead: false,
    io: {
      open(path, create) {
        const opened = realIo.open(path, create)
        const guarded = guard(opened)
        const both: Opened = {
          get fd() {
            return opened.fd
          },
          now: guarded.now,
          later: guarded.later,
        }
        return both
      },
      write: (fd, bytes, position) => guard(realIo.write(fd, bytes, position)),
      datasync: (fd) => guard(realIo.datasync(fd)),
      close: (fd) => guard(realIo.close(fd)),
      rename: (from, to) => guard(realIo.rename(from, to)),
      remove: (path) => guard(realIo.remove(path)),
      syncDirectory: (path) => guard(realIo.syncDirectory(path)),
    },
  }
  return faults
}
