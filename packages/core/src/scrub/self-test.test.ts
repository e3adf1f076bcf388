import { expect, test } from 'vitest'
import { openAudit } from '../audit.ts'
import { AuditError } from '../errors.ts'
import { createScrubber, scrubber } from './scrub.ts'
import { checkScrubber, checkScrubberAtStart } from './self-test.ts'

test('the scrubber passes, with options too', () => {
  checkScrubber(scrubber)
  checkScrubber(
    createScrubber({ hosts: ['canary.example'], queryNames: ['page'], detectors: [{ name: 'x', pattern: /WARD/ }] }),
  )
})

test('a scrubber that lets one canary through stops the start, and the message holds none', () => {
  const passing = { ...scrubber, scrub: (value: unknown) => value }
  let error: unknown
  try {
    checkScrubber(passing)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(AuditError)
  expect(error).toMatchObject({ code: 'AUDIT_SCRUBBER_LEAKS' })
  expect(String(error)).toContain('password by name')
  expect(String(error)).not.toContain('cAnArY')
})

test.each([
  [undefined, 6],
  [{ secretNames: ['licenceBlob'], detectors: [{ name: 'x', pattern: /WARD/ }], hosts: [] }, 6],
  [{ hosts: ['api.example'] }, 12],
  [{ queryNames: ['page'] }, 12],
  [{ shownNames: ['accountNumber'] }, 12],
])('a start with %o asks %i of the twelve', (options, count) => {
  const own = createScrubber(options)
  let asked = 0
  const counting = {
    ...own,
    scrub: (value: unknown) => {
      asked += 1
      return own.scrub(value)
    },
  }
  checkScrubberAtStart(counting, options)
  expect(asked).toBe(count)
})

test.each(['password', 'clientSecret'])('a start fails where options show %s', (name) => {
  const options = { shownNames: [name] }
  expect(() => checkScrubberAtStart(createScrubber(options), options)).toThrow(
    expect.objectContaining({ code: 'AUDIT_SCRUBBER_LEAKS' }),
  )
})

test('names that options show are checked at the start', () => {
  const start = () => openAudit({ service: 'x', ledger: 'memory', scrub: { shownNames: ['password'] } })
  expect(start).toThrow(expect.objectContaining({ code: 'AUDIT_SCRUBBER_LEAKS' }))
  expect(() => openAudit({ service: 'x', ledger: 'memory', scrub: { hosts: ['a b'] } })).toThrow(/scrub\.hosts\[0\]/)
})
