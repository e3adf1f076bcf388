import { describe, expect, it, vi } from 'vitest'
import { plainActor } from './actor.ts'
import { ask } from './ask.ts'

const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 20))

describe('a function of the application', () => {
  it('is asked for its value', () => {
    expect(ask(() => 'usr_1')).toBe('usr_1')
    expect(ask(undefined)).toBeUndefined()
  })

  it('costs its value when it throws', () => {
    expect(
      ask(() => {
        throw new Error('gone')
      }),
    ).toBeUndefined()
  })

  it('costs its value when it is async, and its rejection is nobody else’s problem', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    try {
      const rejects = async (): Promise<never> => {
        throw new Error('no such patient')
      }
      expect(ask(rejects)).toBeUndefined()
      expect(plainActor(rejects)).toBeUndefined()
      expect(ask(async () => 'usr_1')).toBeUndefined()
      await settled()
      expect(unhandled).not.toHaveBeenCalled()
    } finally {
      process.off('unhandledRejection', unhandled)
    }
  })

  it('that answers with a query does not make it run', () => {
    const then = vi.fn()
    const query = Object.defineProperty({}, 'then', { value: then })
    expect(ask(() => query)).toBe(query)
    expect(then).not.toHaveBeenCalled()
  })
})
