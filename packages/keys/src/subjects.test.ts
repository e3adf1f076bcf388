/** What every store of subject keys does, in memory and in files. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openKeys } from './open.ts'
import type { SealedEnvelope, SubjectKey, SubjectKeys } from './ports.ts'
import { memorySubjects } from './subject-files.ts'

const january = Date.parse('2026-01-15T12:00:00Z')
const day = 86_400_000
const origin = 'clinic/audit.standard'
const recordId = '01990000-0000-7000-8000-000000000001'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trailmark-subjects-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function envelope(key: SubjectKey, fields = '{"ip_address":"203.0.113.77"}'): SealedEnvelope {
  const { kid, pseudonym, commitment } = key
  return { origin, recordId, kid, pseudonym, commitment, envelope: key.seal(origin, recordId, fields) }
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'did not throw'
}

function keyOf(subjects: SubjectKeys, id: string, tenant?: string): SubjectKey {
  const key = subjects.current({ id, tenant })
  if (key === undefined) throw new Error('no key')
  return key
}

describe.each(['memory', 'file'] as const)('subject keys in a %s', (kind) => {
  const clock = { ms: january, now: () => clock.ms }
  beforeEach(() => {
    clock.ms = january
  })
  const open = (): SubjectKeys => {
    const subjects = kind === 'memory' ? memorySubjects(clock) : openKeys({ dir: join(root, 'keys'), clock }).subjects
    if (subjects === undefined) throw new Error('no subject keys')
    return subjects
  }

  test('give a person one name per year, and nobody else the same', () => {
    const subjects = open()
    const key = keyOf(subjects, 'usr_1')
    expect(key.pseudonym).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(key.kid).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect([key.epoch, key.commitment.length]).toEqual(['2026', 64])
    expect(keyOf(subjects, 'usr_1')).toBe(key)
    const others = [keyOf(subjects, 'usr_2'), keyOf(subjects, 'usr_1', 't1'), keyOf(subjects, 'usr_1', 't2')]
    expect(new Set([key, ...others].map(({ pseudonym }) => pseudonym)).size).toBe(4)
  })

  test('know a person by every spelling of the same id, and keep tenants apart whatever they are called', () => {
    const subjects = open()
    expect(keyOf(subjects, ' Ann@Example.ORG ').kid).toBe(keyOf(subjects, 'ann@example.org').kid)
    expect(keyOf(subjects, 'USR').kid).not.toBe(keyOf(subjects, 'usr').kid)
    expect(keyOf(subjects, 'b|c', 'a').kid).not.toBe(keyOf(subjects, 'c', 'a|b').kid)
    expect(keyOf(subjects, '|c', 'a%').kid).not.toBe(keyOf(subjects, 'c', 'a%7C').kid)
  })

  test('name somebody who was not seen for long as before, and after their key was destroyed anew', async () => {
    const subjects = open()
    const first = keyOf(subjects, 'usr_1')
    // Another year, in which nobody of this one is remembered.
    clock.ms = january + 400 * day
    expect(keyOf(subjects, 'usr_1').pseudonym).not.toBe(first.pseudonym)
    clock.ms = january
    const again = keyOf(subjects, 'usr_1')
    expect(again).not.toBe(first)
    const { kid, epoch, pseudonym, commitment } = again
    expect(first).toMatchObject({ kid, epoch, pseudonym, commitment })
    expect(subjects.open(envelope(again)).trim()).toBe('{"ip_address":"203.0.113.77"}')
    await subjects.destroy({ id: 'usr_1' })
    expect(subjects.find({ id: 'usr_1' })).toBeUndefined()
    const anew = keyOf(subjects, 'usr_1')
    expect([anew.pseudonym === pseudonym, anew.kid === kid]).toEqual([false, false])
    clock.ms = january + 400 * day
    keyOf(subjects, 'usr_1')
    clock.ms = january
    expect(keyOf(subjects, 'usr_1').pseudonym).toBe(anew.pseudonym)
  })

  test('tell a birth once, with the person, and not again once it is on record', async () => {
    const subjects = open()
    const key = keyOf(subjects, 'usr_1', 't')
    expect(subjects.takeNews()).toEqual([{ kind: 'birth', key, subject: { id: 'usr_1', tenant: 't' } }])
    keyOf(subjects, 'usr_1', 't')
    subjects.told([key.kid])
    await subjects.persist()
    expect(subjects.takeNews()).toEqual([])
    expect(subjects.due()).toBe(false)
  })

  test('find without making anything', () => {
    const subjects = open()
    expect(subjects.find({ id: 'usr_1' })).toBeUndefined()
    expect([subjects.takeNews().length, subjects.due(), subjects.all({ id: 'usr_1' })]).toEqual([0, false, []])
    const key = keyOf(subjects, 'usr_1')
    expect(subjects.find({ id: 'usr_1' })).toBe(key)
  })

  test('open what was sealed, and only for the record, ledger, pseudonym and key it was sealed for', () => {
    const subjects = open()
    const [key, other] = [keyOf(subjects, 'usr_1'), keyOf(subjects, 'usr_2')]
    const sealed = envelope(key)
    expect(JSON.parse(subjects.open(sealed))).toEqual({ ip_address: '203.0.113.77' })
    expect(envelope(key).envelope).not.toBe(sealed.envelope)
    const last = sealed.envelope.at(-3) === 'A' ? 'B' : 'A'
    for (const wrong of [
      { origin: 'clinic/audit.long' },
      { recordId: '01990000-0000-7000-8000-000000000002' },
      { pseudonym: other.pseudonym },
      { envelope: `${sealed.envelope.slice(0, -3)}${last}${sealed.envelope.slice(-2)}` },
      { envelope: '' },
      { envelope: `${sealed.envelope} ` },
    ]) {
      expect(codeOf(() => subjects.open({ ...sealed, ...wrong }))).toBe('KEYS_ENVELOPE_DAMAGED')
    }
    // Another key than the one whose birth is on record is refused before anything is decrypted.
    expect(codeOf(() => subjects.open({ ...sealed, kid: other.kid }))).toBe('KEYS_COMMITMENT_MISMATCH')
    expect(codeOf(() => subjects.open({ ...sealed, commitment: other.commitment }))).toBe('KEYS_COMMITMENT_MISMATCH')
    for (const kid of ['', 'short', 'A'.repeat(22), 'ü'.repeat(22)])
      expect(codeOf(() => subjects.open({ ...sealed, kid }))).toBe('KEYS_SUBJECT_UNKNOWN')
  })

  test('pad what they seal, so that its length tells little', () => {
    const key = keyOf(open(), 'usr_1')
    const lengths = ['{}', '{"a":1}', `{"a":"${'x'.repeat(20)}"}`, `{"a":"${'é'.repeat(13)}"}`].map(
      (fields) => Buffer.from(key.seal(origin, recordId, fields), 'base64').length - 28,
    )
    expect(lengths).toEqual([32, 32, 32, 64])
  })

  test('destroy a person for good: erased is not the same as never known', async () => {
    const subjects = open()
    const key = keyOf(subjects, 'usr_1')
    const sealed = envelope(key)
    expect(subjects.wasErased({ id: 'usr_1' })).toBe(false)
    expect(await subjects.destroy({ id: 'usr_1' })).toEqual({ kids: [key.kid], before: [] })
    expect(await subjects.destroy({ id: 'usr_1' })).toEqual({ kids: [], before: [key.kid] })
    expect(await subjects.destroy({ id: 'nobody' })).toEqual({ kids: [], before: [] })
    expect([subjects.wasErased({ id: 'usr_1' }), subjects.wasErased({ id: 'nobody' })]).toEqual([true, false])
    expect(subjects.find({ id: 'usr_1' })).toBeUndefined()
    expect(subjects.all({ id: 'usr_1' })).toEqual([])
    expect(codeOf(() => subjects.open(sealed))).toBe('KEYS_SUBJECT_ERASED')
  })

  test('give somebody who comes back after that a new name, which nothing links to the old one', async () => {
    const subjects = open()
    const key = keyOf(subjects, 'usr_1')
    subjects.takeNews()
    await subjects.destroy({ id: 'usr_1' })
    const next = keyOf(subjects, 'usr_1')
    expect(next.pseudonym).not.toBe(key.pseudonym)
    expect(subjects.takeNews()).toEqual([{ kind: 'birth', key: next, subject: { id: 'usr_1' } }])
    expect(subjects.all({ id: 'usr_1' }).map(({ kid }) => kid)).toEqual([next.kid])
    expect(subjects.wasErased({ id: 'usr_1' })).toBe(true)
  })

  test('link the names of two years for a month, and not afterwards', () => {
    const subjects = open()
    const [early, late] = [keyOf(subjects, 'early'), keyOf(subjects, 'late')]
    subjects.takeNews()
    clock.ms = Date.parse('2027-01-01T00:00:00Z')
    const next = keyOf(subjects, 'early')
    expect(next.epoch).toBe('2027')
    expect(next.pseudonym).not.toBe(early.pseudonym)
    const news = subjects.takeNews()
    expect(news.map(({ kind }) => kind)).toEqual(['birth', 'alias'])
    expect(news[1]).toMatchObject({ reason: 'epoch', key: { kid: next.kid }, previous: { kid: early.kid } })
    clock.ms = Date.parse('2027-02-01T00:00:00Z')
    keyOf(subjects, 'late')
    expect(subjects.takeNews().map(({ kind }) => kind)).toEqual(['birth'])
    expect(subjects.all({ id: 'late' }).map(({ epoch }) => epoch)).toEqual(['2027', '2026'])
    expect(subjects.all({ id: 'late' })[1]?.kid).toBe(late.kid)
    expect(keyOf(subjects, 'early').kid).toBe(next.kid)
  })

  test('give anonymous visitors one key a month, destroyed 90 days after it', async () => {
    const subjects = open()
    const key = subjects.anonymous()
    if (key === undefined) throw new Error('no key')
    expect([key.epoch, subjects.anonymous()]).toEqual(['202601', key])
    expect(subjects.takeNews()).toEqual([{ kind: 'birth', key }])
    const sealed = envelope(key)
    clock.ms = Date.parse('2026-02-01T00:00:00Z')
    expect(subjects.anonymous()?.epoch).toBe('202602')
    const end = Date.parse('2026-02-01T00:00:00Z') + 90 * day
    expect(await subjects.expireAnonymous(end)).toEqual([])
    expect(subjects.open(sealed)).toContain('203.0.113.77')
    expect(await subjects.expireAnonymous(end + 1)).toEqual([key.kid])
    expect(codeOf(() => subjects.open(sealed))).toBe('KEYS_SUBJECT_ERASED')
    expect(await subjects.expireAnonymous(end + 1)).toEqual([])
  })

  test('go on opening everything after the key-encryption key was renewed', async () => {
    const subjects = open()
    const keys = Array.from({ length: 250 }, (_, i) => keyOf(subjects, `usr_${i}`))
    await subjects.persist()
    const sealed = keys.map((key) => envelope(key))
    await subjects.destroy({ id: 'usr_7' })
    await subjects.rotateKek()
    await subjects.rotateKek()
    sealed.forEach((one, i) => {
      if (i === 7) expect(codeOf(() => subjects.open(one))).toBe('KEYS_SUBJECT_ERASED')
      else expect(subjects.open(one)).toContain('203.0.113.77')
    })
    expect(keyOf(subjects, 'usr_3').kid).toBe(keys[3]?.kid)
  })

  test('are tended: nothing on most days, a new key-encryption key after one, and expired months go', async () => {
    const subjects = open()
    const sealed = envelope(keyOf(subjects, 'usr_1'))
    const month = subjects.anonymous()
    await subjects.persist()
    const keks = () =>
      kind === 'file' ? readdirSync(join(root, 'keys')).filter((name) => name.startsWith('kek-')) : []
    expect([(await subjects.tend(clock.ms)).expired, keks()]).toEqual([[], kind === 'file' ? ['kek-000001.key'] : []])
    clock.ms += day
    const { keks: destroyed } = await subjects.tend(clock.ms)
    expect(destroyed).toEqual(kind === 'file' ? [1] : [])
    expect([(await subjects.tend(clock.ms)).expired, keks()]).toEqual([[], kind === 'file' ? ['kek-000002.key'] : []])
    expect([(await subjects.tend(clock.ms)).expired, keks()]).toEqual([[], kind === 'file' ? ['kek-000002.key'] : []])
    clock.ms = Date.parse('2026-06-01T00:00:00Z')
    expect((await subjects.tend(clock.ms)).expired).toEqual([month?.kid])
    expect(subjects.open(sealed)).toContain('203.0.113.77')
  })

  test('print nothing of a key', () => {
    const subjects = open()
    const key = keyOf(subjects, 'usr_1')
    key.seal(origin, recordId, '{}')
    for (const text of [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)]) {
      expect(text).not.toContain('usr_1')
      expect(text.replace(key.kid, '').replace(key.pseudonym, '')).not.toMatch(/[A-Za-z0-9+/_-]{40,}/)
    }
  })
})
