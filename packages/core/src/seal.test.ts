/** People under keys of their own: what stands in records, what is sealed, and what is left when a key is destroyed. */
import { inspect } from 'node:util'
import { type Keys, memoryKeys, type SubjectKeys } from '@trailmark/keys'
import { describe, expect, test } from 'vitest'
import { personalField } from './catalogue-kinds.ts'
import { defineEvents } from './define-events.ts'
import { pseudonymsOf } from './mask/subject-pseudonyms.ts'
import { createTokens } from './mask/tokens.ts'
import { runtimeOf } from './runtime.ts'
import { Personal, Secret } from './secret.ts'
import { type RecordedEvent, type TestAudit, testAudit } from './testing.ts'
import { type OpenedEnvelope, openSealed, type SealedRecord } from './unseal.ts'

const address = '203.0.113.77'
const exchange = {
  requestId: 'req-1',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  clientAddress: address,
}
const pseudonym = /^[A-Za-z0-9_-]{22}$/

type Opener = Pick<TestAudit, 'births'>

function subjectsOf(keys: Keys): SubjectKeys {
  if (keys.subjects === undefined) throw new Error('no subject keys')
  return keys.subjects
}

function sealedOf(record: RecordedEvent | undefined): SealedRecord {
  if (record === undefined) throw new Error('no such record')
  const { sealed }: { sealed?: SealedRecord['sealed'] } = Object(record)
  return { id: record.id, sealed }
}

/** Opens a record as a reader does: with the commitments that the births tell. */
function opened(audit: Opener, keys: Keys, record: RecordedEvent | undefined, origin: string): OpenedEnvelope[] {
  const births = new Map(
    audit.births.map(({ metadata }) => {
      const { kid, commitment } = Object(metadata)
      return [String(kid), String(commitment)]
    }),
  )
  return openSealed(sealedOf(record), keys, { origin, commitmentOf: (kid) => births.get(kid) })
}

describe('a person who was proved', () => {
  test('stands in every record of the year under one name, whose birth is told before the first of them', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    audit.record('login_success', { actor: { id: 'usr_1' } })
    audit.record('logout', { actor: { id: 'usr_1' } })
    audit.record('logout', { actor: { id: 'usr_2' } })
    const names = audit.records.map(({ user_id }) => String(user_id))
    expect(names[0]).toMatch(pseudonym)
    expect(names[1]).toBe(names[0])
    expect(names[2]).not.toBe(names[0])
    expect(audit.births.map(({ event_type, subjects }) => [event_type, subjects])).toEqual([
      ['subject_key_born', [names[0]]],
      ['subject_key_born', [names[2]]],
    ])
    const found = pseudonymsOf(keys.subjects, createTokens(keys.tokens)).find({ id: 'usr_1' })
    expect(found[0]).toBe(names[0])
    expect(found[1]).toMatch(/^p1_/)
  })

  test('is named by the birth of their key to whoever holds it, and to nobody else', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    audit.record('login_success', { actor: { id: 'ann@planted.example' }, tenant: 'north' })
    const [birth] = audit.births
    expect(birth).toMatchObject({ stream: 'keys', metadata: { epoch: expect.stringMatching(/^\d{4}$/) } })
    expect(opened(audit, keys, birth, 'test/keys.keys')).toMatchObject([
      { fields: { id: 'ann@planted.example', tenant: 'north' } },
    ])
    expect(opened(audit, memoryKeys(), birth, 'test/keys.keys')).toMatchObject([{ error: 'KEYS_SUBJECT_UNKNOWN' }])
    expect(JSON.stringify([audit.records, audit.births, audit.activity])).not.toContain('planted')
  })

  test('has another name with every tenant, and none that links them', () => {
    const audit = testAudit()
    for (const tenant of ['a', 'b']) audit.record('logout', { actor: { id: 'usr_1' }, tenant })
    expect(new Set(audit.records.map(({ user_id }) => user_id)).size).toBe(2)
  })

  test('is the same person as a subject, and as the owner of what is accessed', () => {
    const audit = testAudit()
    audit.record('data_access', {
      actor: { id: 'dr_1' },
      subjects: ['pat_1'],
      targets: [{ type: 'chart', owner: 'pat_1' }],
    })
    audit.record('data_access', { actor: { id: 'pat_1' }, targets: [{ type: 'chart', owner: 'pat_1' }] })
    audit.record('data_access', { actor: { id: 'dr_1' }, targets: [{ type: 'chart', owner: 'never seen' }] })
    const [first, second, third] = audit.records
    expect(first).toMatchObject({ targets: [{ owner: Object(first?.['subjects'])[0] }] })
    expect(second).toMatchObject({ targets: [{ owner: second?.['user_id'] }], user_id: Object(first?.['subjects'])[0] })
    expect(JSON.stringify(third?.['targets'])).toContain('"owner":"p1_')
  })
})

describe('an identifier that was only claimed', () => {
  test('stands there as a token, and ten thousand of them make no key', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    for (let i = 0; i < 10_000; i++)
      audit.record('login_failure', { actor: { id: `invented_${i}` }, reason: 'unknown_account' })
    expect(audit.records).toHaveLength(10_000)
    expect(new Set(audit.records.map(({ user_id }) => String(user_id).slice(0, 3)))).toEqual(new Set(['p1_']))
    expect(audit.births).toEqual([])
    expect(subjectsOf(keys).find({ id: 'invented_1' })).toBeUndefined()
  })

  test('is a token also for somebody who has a key', () => {
    const audit = testAudit()
    audit.record('login_success', { actor: { id: 'usr_1' } })
    audit.record('login_failure', { actor: { id: 'usr_1' }, reason: 'invalid_password' })
    expect(String(audit.records[1]?.['user_id'])).toMatch(/^p1_/)
  })
})

describe('the full address', () => {
  const login = (audit: TestAudit, type: 'login_success' | 'login_failure', id?: string) =>
    runtimeOf(audit).recordIn(exchange, type, {}, { actor: id === undefined ? {} : { id } })

  test('is sealed under the key of whoever acted, for events that call for it and for no other', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    login(audit, 'login_success', 'usr_1')
    runtimeOf(audit).recordIn(exchange, 'data_access', { targets: [{ type: 'chart' }] }, { actor: { id: 'usr_1' } })
    const [record, other] = audit.records
    expect(record).toMatchObject({ ip_address: '203.0.113.0', sealed: [{ p: record?.['user_id'] }] })
    expect(opened(audit, keys, record, 'test/audit.standard')).toMatchObject([{ fields: { ip_address: address } }])
    expect(other?.['sealed']).toBeUndefined()
    expect(record?.['privacy']).toBeUndefined()
  })

  test('of visitors nobody knows, and of those only claimed, is sealed under the key of the month', async () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    login(audit, 'login_failure', 'usr_1')
    login(audit, 'login_failure')
    const [claimed, unknown] = audit.records.map((record) => opened(audit, keys, record, 'test/audit.standard')[0])
    expect([claimed?.fields, unknown?.fields]).toEqual([{ ip_address: address }, { ip_address: address }])
    expect(claimed?.kid).toBe(unknown?.kid)
    expect(audit.births).toMatchObject([{ metadata: { kid: claimed?.kid, epoch: expect.stringMatching(/^\d{6}$/) } }])
    expect(audit.births[0]?.['sealed']).toBeUndefined()
    await subjectsOf(keys).expireAnonymous(Date.now() + 130 * 86_400_000)
    const last = opened(audit, keys, audit.records[0], 'test/audit.standard')
    expect(last).toMatchObject([{ error: 'KEYS_SUBJECT_ERASED' }])
  })

  test('opens in no other record and under no other birth', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    login(audit, 'login_success', 'usr_1')
    login(audit, 'login_success', 'usr_1')
    const [one, other] = audit.records
    const exchanged = { ...sealedOf(one), sealed: sealedOf(other).sealed }
    const births = { commitmentOf: () => String(Object(audit.births[0]?.['metadata']).commitment) }
    const origin = 'test/audit.standard'
    expect(openSealed(exchanged, keys, { origin, ...births })).toMatchObject([{ error: 'KEYS_ENVELOPE_DAMAGED' }])
    expect(openSealed(sealedOf(one), keys, { origin: 'test/audit.long', ...births })).toMatchObject([
      { error: 'KEYS_ENVELOPE_DAMAGED' },
    ])
    for (const commitmentOf of [() => undefined, () => '0'.repeat(64)]) {
      expect(openSealed(sealedOf(one), keys, { origin, commitmentOf })).toMatchObject([
        { error: 'KEYS_COMMITMENT_MISMATCH' },
      ])
    }
    expect(openSealed({ id: 'x' }, keys, { origin, ...births })).toEqual([])
  })

  test('is gone with the key, and so is every link to who it was', async () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    login(audit, 'login_success', 'usr_1')
    const [record] = audit.records
    await subjectsOf(keys).destroy({ id: 'usr_1' })
    expect(opened(audit, keys, record, 'test/audit.standard')).toMatchObject([{ error: 'KEYS_SUBJECT_ERASED' }])
    expect(opened(audit, keys, audit.births[0], 'test/keys.keys')).toMatchObject([{ error: 'KEYS_SUBJECT_ERASED' }])
    const names = pseudonymsOf(keys.subjects, createTokens(keys.tokens)).find({ id: 'usr_1' })
    expect(names).not.toContain(record?.['user_id'])
    login(audit, 'login_success', 'usr_1')
    expect(audit.records[1]?.['user_id']).not.toBe(record?.['user_id'])
  })
})

describe('metadata that no event declares', () => {
  const given = {
    note: 'planted text',
    age: 44,
    vip: true,
    born: new Date(0),
    deep: { a: 'planted' },
    password: 'planted',
  }
  const record = (audit: TestAudit, metadata: object, event: object = { actor: { id: 'usr_1' } }) =>
    runtimeOf(audit).recordIn(undefined, 'logout', { ...event, metadata })
  const redactions = (one: RecordedEvent | undefined) =>
    Object.fromEntries(
      Object(one?.['privacy']).redactions.map((redaction: { path: string; rule: string }) => [
        redaction.path,
        redaction.rule,
      ]),
    )

  test('is dropped and counted, unless the application wants it sealed', () => {
    const audit = testAudit()
    record(audit, given)
    expect(audit.records[0]?.['sealed']).toBeUndefined()
    expect(new Set(Object.values(redactions(audit.records[0])))).toEqual(new Set(['undeclared']))
    expect(() => testAudit(JSON.parse('{"undeclared":"keep"}'))).toThrow(/^undeclared: must be 'drop', 'seal'/)
  })

  test('is sealed where the application wants it, but for credentials and what has members', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys, undeclared: 'seal' })
    record(audit, given)
    const [one] = audit.records
    expect(opened(audit, keys, one, 'test/audit.standard')).toMatchObject([
      { fields: { metadata: { note: 'planted text', age: 44, vip: true, born: '1970-01-01T00:00:00.000Z' } } },
    ])
    expect(redactions(one)).toEqual({
      'metadata.note': 'sealed',
      'metadata.age': 'sealed',
      'metadata.vip': 'sealed',
      'metadata.born': 'sealed',
      'metadata.deep': 'undeclared',
      'metadata.password': 'undeclared',
    })
    expect(JSON.stringify([audit.records, audit.births])).not.toContain('planted')
  })

  test('counts in the hash of the configuration', () => {
    const hash = (audit: TestAudit) => audit.startRecords[0]?.['policy']
    expect(hash(testAudit({ undeclared: 'seal' }))).not.toBe(hash(testAudit()))
    expect(hash(testAudit({ undeclared: 'drop' }))).toBe(hash(testAudit()))
  })

  test('belongs to the first person the record is about, in an envelope of their own', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys, undeclared: 'seal' })
    const event = { metadata: { note: 'planted' }, subjects: ['pat_1', 'pat_2'] }
    runtimeOf(audit).recordIn(exchange, 'login_success', event, { actor: { id: 'usr_1' } })
    const [one] = audit.records
    const envelopes = opened(audit, keys, one, 'test/audit.standard')
    expect(envelopes.map(({ pseudonym, fields }) => [pseudonym, fields])).toEqual([
      [one?.['user_id'], { ip_address: address }],
      [Object(one?.['subjects'])[0], { metadata: { note: 'planted' } }],
    ])
  })

  test('is dropped where there is nobody to seal it for', () => {
    const audit = testAudit({ undeclared: 'seal' })
    record(audit, { note: 'planted' }, { actor: { type: 'system' } })
    record(audit, { note: 'planted' }, { actor: { id: 'usr_1', proved: false } })
    for (const one of audit.records) expect(redactions(one)).toEqual({ 'metadata.note': 'undeclared' })
    const { subjects: _, ...withoutSubjects } = memoryKeys()
    const tokens = testAudit({ undeclared: 'seal', keys: withoutSubjects })
    record(tokens, { note: 'planted' })
    expect(tokens.records[0]).toMatchObject({ user_id: expect.stringMatching(/^p1_/) })
    expect(redactions(tokens.records[0])).toEqual({ 'metadata.note': 'undeclared' })
  })

  test('of more than 8 KiB is sealed as far as it fits', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys, undeclared: 'seal' })
    record(audit, {
      one: 'é'.repeat(1_900),
      two: 'x'.repeat(3_900),
      three: 'x'.repeat(3_900),
      four: 'y'.repeat(4_001),
      five: 5,
    })
    const [one] = audit.records
    expect(redactions(one)).toEqual({
      'metadata.one': 'sealed',
      'metadata.two': 'sealed',
      'metadata.three': 'too_long',
      'metadata.four': 'too_long',
      'metadata.five': 'sealed',
    })
    expect(Object(sealedOf(one).sealed?.[0]).e.length).toBeLessThan(11_000)
    expect(opened(audit, keys, one, 'test/audit.standard')[0]?.fields).toBeDefined()
  })

  test('of any size costs no more than what fits, and a number is sealed whole or not at all', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys, undeclared: 'seal' })
    const most = 2n ** 256n - 1n
    const long = { text: 'v'.repeat(5_000), most, beyond: 2n ** 256n, far: -(10n ** 5_000n) }
    Reflect.apply(audit.record, audit, ['data_access', { subjects: ['pat_1'], metadata: long }])
    const [record] = audit.recordsOf('data_access')
    const [envelope] = opened(audit, keys, record, 'test/audit.standard')
    expect(envelope?.fields).toEqual({ metadata: { most: most.toString() } })
    expect(record?.privacy?.redactions).toEqual([
      { path: 'metadata.text', rule: 'too_long', n: 1 },
      { path: 'metadata.most', rule: 'sealed', n: 1 },
      { path: 'metadata.beyond', rule: 'undeclared', n: 1 },
      { path: 'metadata.far', rule: 'undeclared', n: 1 },
    ])
  })

  test('is sealed whatever the option says when it is a Personal; a Secret never is', () => {
    const keys = memoryKeys()
    const audit = testAudit({ keys })
    record(audit, { name: new Personal('Ann Planted'), key: new Secret('planted'), list: new Personal(['planted']) })
    const [one] = audit.records
    expect(opened(audit, keys, one, 'test/audit.standard')).toMatchObject([
      { fields: { metadata: { name: 'Ann Planted' } } },
    ])
    expect(redactions(one)).toEqual({
      'metadata.name': 'sealed',
      'metadata.key': 'undeclared',
      'metadata.list': 'undeclared',
    })
    expect(inspect(audit.records, { depth: 9 })).not.toContain('lanted')
  })
})

test('a field declared as personal is sealed, as a text or a Personal, and never stands in clear', () => {
  const keys = memoryKeys()
  const events = defineEvents({
    letter_sent: { code: 'LTR001', category: 'data', action: 'create', metadata: { recipient: personalField() } },
  })
  const audit = testAudit({ keys, events })
  for (const recipient of ['Ann Planted', new Personal('Ann Planted')]) {
    audit.record('letter_sent', { actor: { id: 'usr_1' }, subjects: ['pat_1'], metadata: { recipient } })
  }
  audit.record('letter_sent', { actor: { type: 'system' }, metadata: { recipient: 'Ann Planted' } })
  runtimeOf(audit).recordIn(undefined, 'letter_sent', { subjects: ['pat_1'], metadata: JSON.parse('{"recipient":7}') })
  const [one, other, nobody, wrong] = audit.records
  for (const record of [one, other]) {
    expect(opened(audit, keys, record, 'test/audit.standard')).toMatchObject([
      { pseudonym: Object(record?.['subjects'])[0], fields: { metadata: { recipient: 'Ann Planted' } } },
    ])
    expect(record).toMatchObject({ privacy: { redactions: [{ path: 'metadata.recipient', rule: 'sealed', n: 1 }] } })
  }
  expect(nobody).toMatchObject({ privacy: { redactions: [{ path: 'metadata.recipient', rule: 'no_key', n: 1 }] } })
  expect(wrong).toMatchObject({ privacy: { redactions: [{ path: 'metadata.recipient', rule: 'wrong_kind', n: 1 }] } })
  expect(inspect([audit.records, audit.activity], { depth: 9 })).not.toContain('Planted')
})

test.each(['sk' + '-', 'gh' + 'p_', 'x' + 'ey' + 'J', 'sq' + '0'])(
  'a birth is told whole also where chance made a key id begin like the secret of some provider: %s',
  (beginning) => {
    const keys = memoryKeys()
    const real = subjectsOf(keys).current({ id: 'a' })
    if (real === undefined) throw new Error('no key')
    subjectsOf(keys).takeNews()
    const kid = `${beginning}I7V1c9SYUvXv6zAc4wQkT7`.slice(0, 22)
    const { epoch, pseudonym, commitment } = real
    const key = { kid, epoch, pseudonym, commitment, seal: () => real.seal('o', 'r', '{}') }
    const news = [{ kind: 'birth', key, subject: { id: 'a' } } as const]
    const subjects = new Proxy(subjectsOf(keys), {
      get: (target, name) => (name === 'takeNews' ? () => news.splice(0) : Reflect.get(target, name).bind(target)),
    })
    const audit = testAudit({ keys: { ...keys, subjects } })
    audit.record('logout', { actor: { type: 'system' } })
    expect(audit.births).toMatchObject([{ event_type: 'subject_key_born', metadata: { kid, epoch, commitment } }])
  },
)

test('nobody but the trail itself tells births and other names', () => {
  const audit = testAudit()
  const forged = { subjects: ['usr_1'], metadata: { kid: 'A'.repeat(22), commitment: 'ab'.repeat(32), epoch: '2026' } }
  for (const name of ['subject_key_born', 'alias']) Reflect.apply(audit.record, audit, [name, forged])
  expect(audit.records.map(({ event_type }) => event_type)).toEqual(['unknown_event', 'unknown_event'])
})

test('two names of one person are told at the change of the year, with both in one record', () => {
  const keys = memoryKeys()
  const subjects = subjectsOf(keys)
  const [key, previous] = [subjects.current({ id: 'a' }), subjects.current({ id: 'b' })]
  if (key === undefined || previous === undefined) throw new Error('no keys')
  subjects.takeNews()
  const news = [{ kind: 'alias', key, previous, reason: 'epoch' } as const]
  const told = { ...subjects, takeNews: () => news.splice(0) }
  const proxied = new Proxy(subjects, {
    get: (target, name) => (name === 'takeNews' ? told.takeNews : Reflect.get(target, name).bind(target)),
  })
  const audit = testAudit({ keys: { ...keys, subjects: proxied } })
  audit.record('logout', { actor: { type: 'system' } })
  expect(audit.births).toMatchObject([
    {
      event_type: 'alias',
      reason: 'epoch',
      subjects: [key.pseudonym, previous.pseudonym],
      metadata: { kid: key.kid, previous_kid: previous.kid, epoch: key.epoch },
    },
  ])
})
