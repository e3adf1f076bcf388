import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { aliases, type Catalogue, catalogue, eventCode, findEvent } from './catalogue.ts'
import { checkPattern } from './define-pattern.ts'

interface Fixed {
  readonly code: string
  readonly action: string
  readonly failureClass: string
  readonly retentionClass: string
}

const frozen: Readonly<Record<string, Fixed>> = JSON.parse(
  readFileSync(new URL('../../../test/vectors/event-codes.json', import.meta.url), 'utf8'),
)
const events: Catalogue = catalogue
const names = Object.keys(events)

describe('the catalogue', () => {
  test('keeps every published code, action, failure class and retention class', () => {
    for (const [name, fixed] of Object.entries(frozen)) {
      const definition = events[name]
      // A retired event stays in the vectors, so that its code is never given away.
      if (definition === undefined) continue
      const { code, action, failureClass, retentionClass } = definition
      expect({ name, code, action, failureClass, retentionClass }).toEqual({ name, ...fixed })
    }
    expect(Object.keys(frozen).length).toBeGreaterThan(100)
  })

  test('never gives a published code to another event', () => {
    const owners = new Map(Object.entries(frozen).map(([name, fixed]) => [fixed.code, name]))
    for (const name of names) expect(owners.get(events[name]?.code ?? '') ?? name).toBe(name)
  })

  test('has a code of its own for each event, in the family of its category', () => {
    const codes = names.map((name) => events[name]?.code ?? '')
    expect(new Set(codes).size).toBe(codes.length)
    for (const code of codes) expect(code).toMatch(/^[A-Z]{3}[0-9]{3}$/)
    const families = new Map<string, Set<string>>()
    for (const definition of Object.values(events)) {
      const prefix = definition.code.slice(0, 3)
      families.set(prefix, (families.get(prefix) ?? new Set()).add(definition.category))
    }
    for (const [prefix, categories] of families) expect([prefix, categories.size]).toEqual([prefix, 1])
  })

  test('names events and metadata in snake_case within the bounds of the record', () => {
    for (const name of names) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{0,63}$/)
      const keys = Object.keys(events[name]?.metadata ?? {})
      expect(keys.length).toBeLessThanOrEqual(50)
      for (const key of keys) expect(key).toMatch(/^[a-z][a-z0-9_]{0,39}$/)
    }
  })

  test('holds reasons and closed lists without repetition, in snake_case', () => {
    for (const definition of Object.values(events)) {
      expect(new Set(definition.reasons).size).toBe(definition.reasons.length)
      for (const reason of definition.reasons) expect(reason).toMatch(/^[a-z][a-z0-9_]*$/)
      for (const kind of Object.values(definition.metadata)) {
        if (kind.kind === 'enum') expect(new Set(kind.values).size).toBe(kind.values.length)
        if (kind.kind === 'id') expect(checkPattern(kind.pattern)).toBeUndefined()
        if (kind.kind === 'integer') expect(kind.min).toBeLessThan(kind.max)
      }
    }
  })

  test('keeps a security event at least a warning, and a denial never a success', () => {
    for (const [name, definition] of Object.entries(events)) {
      if (definition.outcome === 'denied') expect([name, definition.level]).not.toEqual([name, 'INFO'])
      if (definition.severity >= 4) expect(['WARNING', 'ERROR', 'CRITICAL']).toContain(definition.level)
      if (definition.level === 'INFO') expect([name, definition.severity <= 2]).toEqual([name, true])
    }
  })

  test('holds the answer back for exactly the events that need it', () => {
    const blocking = names.filter((name) => events[name]?.failureClass === 'block').sort()
    expect(blocking).toEqual([
      'audit_log_exported',
      'break_glass_access',
      'data_export',
      'erasure_requested',
      'key_used',
      'permission_granted',
      'role_assigned',
      'secret_accessed',
    ])
  })

  test('seals the full address of every authentication and authorisation event', () => {
    for (const [name, definition] of Object.entries(events)) {
      if (definition.category !== 'authn' && definition.category !== 'authz') continue
      expect([name, definition.sealsAddress]).toEqual([name, true])
    }
  })

  test('cannot be changed by whoever imports it', () => {
    expect(Object.isFrozen(catalogue)).toBe(true)
    for (const definition of Object.values(events)) {
      expect(Object.isFrozen(definition)).toBe(true)
      expect(Object.isFrozen(definition.reasons)).toBe(true)
      expect(Object.isFrozen(definition.metadata)).toBe(true)
      for (const kind of Object.values(definition.metadata)) {
        expect(Object.isFrozen(kind)).toBe(true)
        if (kind.kind === 'enum') expect(Object.isFrozen(kind.values)).toBe(true)
      }
    }
  })
})

describe('findEvent', () => {
  test('finds an event by its name and by each alias', () => {
    expect(findEvent(events, 'login_success')?.definition).toBe(catalogue.login_success)
    for (const [alias, name] of Object.entries(aliases)) {
      expect(findEvent(events, alias)).toEqual({ type: name, definition: events[name] })
    }
  })

  test('finds nothing behind names that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '']) {
      expect(findEvent(events, name)).toBeUndefined()
    }
  })
})

test('an event code tells the outcome by its last letter', () => {
  expect(eventCode(catalogue.login_failure, 'failure')).toBe('ATN002F')
  expect(eventCode(catalogue.login_success, 'success')).toBe('ATN001S')
  expect(eventCode(catalogue.authz_deny, 'denied')).toBe('ATZ002D')
  expect(eventCode(catalogue.erasure_requested, 'unknown')).toBe('GOV004U')
})
