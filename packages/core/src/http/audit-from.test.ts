import { afterAll, describe, expect, it } from 'vitest'
import { createAudit } from '../audit.ts'
import { defaultAudit } from '../default-audit.ts'
import { auditFrom } from './audit-from.ts'

afterAll(() => defaultAudit().close())

describe('the audit that options mean', () => {
  it('is one for all calls without options', () => {
    expect(auditFrom()).toBe(defaultAudit())
    expect(auditFrom({})).toBe(defaultAudit())
  })

  it('is the one that is given, or one made from options', async () => {
    const audit = createAudit({ service: 'given' })
    expect(auditFrom({ audit })).toBe(audit)
    const made = auditFrom({ service: 'made' })
    expect(made.service.name).toBe('made')
    await Promise.all([audit.close(), made.close()])
  })

  it('is neither when both are given, and the options are named', async () => {
    const audit = createAudit({ service: 'given' })
    expect(() => auditFrom({ audit, service: 'x' })).toThrow(/service/)
    await audit.close()
  })

  it('must have been made by createAudit()', () => {
    const made = Promise.resolve(defaultAudit())
    for (const audit of [null, {}, made, 'clinic']) {
      // As JavaScript callers write it.
      const source = JSON.parse('{}')
      source.audit = audit
      expect(() => auditFrom(source)).toThrow(/audit: must be made by createAudit/)
    }
  })
})
