import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileData, type DataOptions } from './data-options.ts'
import { testAudit } from './testing.ts'

const find = (tables: DataOptions['tables'], name: string) => compileData({ tables })?.find(name)?.name

describe('a declared table', () => {
  it.each([
    ['patients', 'patients', true],
    ['patients', 'PATIENTS', true],
    ['patients', 'public.Patients', true],
    ['patients', 'main.public.patients', true],
    ['clinic.patients', 'patients', true],
    ['clinic.patients', 'Clinic.Patients', true],
    ['clinic.patients', 'db.clinic.patients', true],
    ['clinic.patients', 'archive.patients', false],
    ['patients', 'patients_old', false],
    ['patients', 'patients.rooms', false],
    ['patients', '', false],
  ])('%s is found in %s: %s', (declared, used, found) => {
    expect(find({ [declared]: 'patient' }, used)).toBe(found ? declared : undefined)
  })

  it('is the most exact one where several could be meant', () => {
    const tables = { 'clinic.patients': 'a', patients: 'b', 'archive.patients': 'c' }
    expect(find(tables, 'patients')).toBe('patients')
    expect(find(tables, 'archive.patients')).toBe('archive.patients')
    expect(find(tables, 'x.patients')).toBe('patients')
  })

  it('stays found however many names are asked for', () => {
    const tables = compileData({ tables: { patients: 'patient' } })!
    for (let n = 0; n < 10_000; n++) expect(tables.find(`t${n}`)).toBeUndefined()
    expect(tables.find('patients')).toBeDefined()
  })

  it('is not found in a name that is not its own, whatever that is', () => {
    const tables = compileData({ tables: { 'clinic.patients': { resource: 'patient' } } })!
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(tables.find(name) !== undefined).toBe(/^(?:(?:.*\.)?clinic\.)?patients$/i.test(name))
      }),
    )
  })
})

describe('the option data', () => {
  it.each<[string, unknown]>([
    ['data: must be an object', 1],
    ['data.tables: must be an object', {}],
    ['data.tables: must be an object', { tables: [] }],
    ['data.rows', { tables: {}, rows: 1 }],
    ['data.bulkRecords', { tables: {}, bulkRecords: 0 }],
    ['data.bulkRecords', { tables: {}, bulkRecords: 1.5 }],
    [
      'data.tables: has more than 1000',
      { tables: Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`t${n}`, 'x'])) },
    ],
    ['data.tables[""]', { tables: { '': 'x' } }],
    ['data.tables["a..b"]', { tables: { 'a..b': 'x' } }],
    ['data.tables["a"]', { tables: { a: '' } }],
    ['data.tables["a"]', { tables: { a: null } }],
    ['data.tables["a"].resource', { tables: { a: {} } }],
    ['data.tables["a"].subject', { tables: { a: { resource: 'x', subject: 1 } } }],
    ['data.tables["a"].column', { tables: { a: { resource: 'x', column: 'y' } } }],
    ['data.tables["A"]: is declared twice', { tables: { a: 'x', A: 'x' } }],
  ])('is refused at the start: %s', (message, data) => {
    expect(() => Reflect.apply(testAudit, undefined, [{ data }])).toThrowError(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(message) }),
    )
  })

  it('is part of what every record says of the configuration', async () => {
    const policyOf = async (data?: DataOptions): Promise<unknown> => {
      const audit = testAudit(data === undefined ? {} : { data })
      await audit.close()
      return audit.startRecords[0]?.policy
    }
    const none = await policyOf()
    const one = await policyOf({ tables: { patients: 'patient' } })
    expect(none).toBeDefined()
    expect(one).not.toBe(none)
    expect(await policyOf({ tables: { patients: 'patient' }, bulkRecords: 5 })).not.toBe(one)
    expect(await policyOf({ tables: { patients: 'patient' } })).toBe(one)
  })
})
