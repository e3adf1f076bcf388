import { describe, expect, it } from 'vitest'
import { checkAccessOptions } from './access-options.ts'

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
    [{ purpose: () => 'care' }, /purpose must be a text/],
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
