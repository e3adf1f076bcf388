import { describe, expect, test } from 'vitest'
import { decideLevel, isLevelEnabled } from './level.ts'

describe('the level', () => {
  test.each([
    [undefined, 'INFO'],
    ['', 'INFO'],
    ['warn', 'WARNING'],
    [' Error ', 'ERROR'],
    ['fatal', 'CRITICAL'],
    ['trace', 'DEBUG'],
    ['debug', 'DEBUG'],
  ])('LOG_LEVEL=%s is %s outside production, and nothing is told', (environment, level) => {
    expect(decideLevel({ environment, production: false })).toEqual({ level })
  })

  test('DEBUG is refused in production, whoever asks for it, and that is told', () => {
    for (const environment of ['debug', 'TRACE', 'silly']) {
      const decided = decideLevel({ environment, production: true })
      expect(decided.level).toBe('INFO')
      expect(decided.notice).toMatch(/^LOG_LEVEL: DEBUG is refused in production/)
    }
    expect(decideLevel({ option: 'DEBUG', environment: 'error', production: true })).toMatchObject({
      level: 'INFO',
      notice: expect.stringContaining('option logLevel'),
    })
  })

  test('a variable that is meant for somebody else stops nothing, and is not repeated', () => {
    const decided = decideLevel({ environment: 'constructor', production: true })
    expect(decided.level).toBe('INFO')
    expect(decided.notice).not.toContain('constructor')
    expect(decided.refused).toEqual({ requested: 'CONSTRUCTOR', source: 'environment' })
  })

  test('the option wins over the variable', () => {
    expect(decideLevel({ option: 'warning', environment: 'error', production: true })).toEqual({ level: 'WARNING' })
  })

  test.each(['loud', '', 3, null, {}])('an option %j is refused', (option) => {
    expect(() => decideLevel({ option, production: false })).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('logLevel') }),
    )
  })

  test('a line is written at its level and above', () => {
    expect(isLevelEnabled('WARNING', 'INFO')).toBe(true)
    expect(isLevelEnabled('INFO', 'INFO')).toBe(true)
    expect(isLevelEnabled('DEBUG', 'INFO')).toBe(false)
  })
})
