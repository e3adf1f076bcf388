import { describe, expect, it } from 'vitest'
import { defineEvents } from '../define-events.ts'
import { testAudit } from '../testing.ts'
import { checkAccessOptions, checkStatement } from './access-options.ts'
import { state } from './statement.ts'

const check =
  (options: unknown, resource: unknown = 'patient') =>
  () =>
    checkAccessOptions('audited.read', resource, options)

describe('options of a declared route', () => {
  it('are taken as they are meant', () => {
    const id = (): string => 'p1'
    for (const options of [{}, { id, subject: id, owner: id, volume: id, metadata: id }, { purpose: 'care' }]) {
      expect(check(options)).not.toThrow()
    }
    expect(check({ class: 'special_category', event: 'bulk_query', id: undefined })).not.toThrow()
  })

  it.each([
    [{ id: 'p1' }, /audited\.read\("patient"\): id must be a function/],
    [{ volume: 12 }, /volume must be a function/],
    [{ subject: null }, /subject must be a function/],
    [{ purpose: 7 }, /purpose must be a text or a function/],
    [{ class: () => 'care' }, /class must be a text/],
    [{ subjects: () => 'p1' }, /subjects is not an option; there are id, subject/],
    [null, /must be an object/],
    ['p1', /must be an object/],
  ])('that cannot be right are named: %o', (options, message) => {
    expect(check(options)).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
    expect(check(options)).toThrow(message)
  })

  it('need the name of a resource', () => {
    for (const resource of [undefined, '', 7]) {
      expect(() => checkAccessOptions('audited.read', resource, {})).toThrow(/resource is missing/)
    }
  })
})

describe('an event that cannot be recorded without something', () => {
  it('has to be given it where it is declared, as a text or as a question', () => {
    for (const options of [{}, { ticket: 'INC-7' }]) {
      const declared = (): unknown => state.access('read', 'patient', { event: 'break_glass_access', ...options })
      expect(declared).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
      expect(declared).toThrow(/audited\.read\("patient"\): purpose is missing; no break_glass_access/)
      expect(() => state.event('break_glass_access', options)).toThrow(/audited\.event\(.*purpose is missing/)
    }
    for (const purpose of ['emergency', () => 'emergency']) {
      expect(() => state.access('read', 'patient', { event: 'break_glass_access', purpose })).not.toThrow()
      expect(() => state.event('break_glass_access', { purpose })).not.toThrow()
    }
  })

  it('is judged by the audit where it is not built in', () => {
    const ward = { category: 'data', action: 'update' } as const
    const events = defineEvents({
      ward_moved: { ...ward, code: 'CLN001', requires: ['ticketRef', 'changes', 'targets'] },
    })
    const audit = testAudit({ events })
    const wrong = state.access('update', 'ward', { event: 'ward_moved', ticket: 'T-1' })
    expect(() => checkStatement('here', wrong, audit)).toThrow(/here: changes is missing/)
    const also = state.event('ward_moved', { ticket: 'T-1', changes: () => ({ field: 'ward' }) })
    expect(() => checkStatement('here', also, audit)).toThrow(/here: targets is missing/)
    const right = state.event('ward_moved', { ticket: 'T-1', changes: () => [], targets: () => [] })
    expect(() => checkStatement('here', right, audit)).not.toThrow()
    expect(() => checkStatement('here', state.event('ward_mvoed'), audit)).toThrow(/there is no event "ward_mvoed"/)
    expect(() => checkStatement('here', state.event('ward_mvoed'))).not.toThrow()
  })
})

describe('a declared login', () => {
  it('knows its method by a word of the catalogue', () => {
    expect(() => state.login({ method: 'password', user: () => 'ann' })).not.toThrow()
    expect(() => state.login({ method: 'pasword' })).toThrow(/audited\.login\(\): method must be one of password, /)
    const wrong: object = { users: () => 'ann' }
    expect(() => state.login(wrong)).toThrow(/users is not an option/)
  })
})
