/** Real errors of real libraries, with planted values: none comes out anywhere, and what is left still says what happened. */

import { inspect } from 'node:util'
import { scrub } from '@trailmark/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpus } from './corpus.ts'
import { type Exits, openExits } from './exits.ts'
import { findPlanted } from './find-planted.ts'
import { shownWhenForged } from './forge.ts'
import { postgresMissing, stopPostgres } from './provoked/postgres.ts'
import { hasFrames, usefulnessOf } from './usefulness.ts'

const possible = corpus.filter((one) => !(one.needs === 'postgres' && postgresMissing))
const raised = new Map<string, unknown>()
const failed = new Map<string, unknown>()
let exits: Exits

beforeAll(async () => {
  exits = await openExits()
  for (const one of possible) {
    try {
      raised.set(one.id, await one.provoke())
    } catch (error) {
      failed.set(one.id, error)
    }
  }
}, 120_000)
afterAll(async () => {
  await exits.close()
  await stopPostgres()
})

describe('the corpus', () => {
  it('has at least 250 errors, each with a name of its own', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(250)
    expect(new Set(corpus.map((one) => one.id)).size).toBe(corpus.length)
  })

  it('is really raised by its libraries', () => {
    expect([...failed]).toEqual([])
  })

  it('carries what was planted in most of its errors, where an inspection shows it', () => {
    const shown = possible.filter(({ id, planted }) => {
      const text = inspect(raised.get(id), { depth: 8, showHidden: true, maxStringLength: null, maxArrayLength: null })
      return findPlanted(text, planted).length > 0
    })
    expect(shown.length / possible.length).toBeGreaterThan(0.6)
  })

  it('says truly which errors have frames', () => {
    const wrong = possible.filter(
      (one) => one.expect.type !== undefined && hasFrames(raised.get(one.id)) !== one.expect.frames,
    )
    expect(wrong.map((one) => one.id)).toEqual([])
  })
})

describe('nothing that was planted comes out, at no exit and in no spelling:', () => {
  for (const { id, needs, planted } of corpus) {
    it.skipIf(needs === 'postgres' && postgresMissing)(id, async () => {
      const leaks = Object.entries(await exits.of(raised.get(id))).flatMap(([exit, text]) => {
        const found = findPlanted(text, planted)
        return found.length === 0 ? [] : [`${exit}: ${found.join('; ')}`]
      })
      expect(leaks).toEqual([])
    })
  }
})

describe('no field of an error is trusted for what it usually holds:', () => {
  for (const { id, needs } of corpus) {
    it.skipIf(needs === 'postgres' && postgresMissing)(id, () => {
      expect(shownWhenForged(raised.get(id))).toEqual([])
    })
  }
})

describe('what is left is still useful:', () => {
  const all = () => possible.map((one) => ({ id: one.id, ...usefulnessOf(scrub(raised.get(one.id)), one.expect) }))

  it('type, code and frames are kept in at least 98 of 100', () => {
    const there = all().reduce((sum, one) => sum + one.there, 0)
    const losses = all().filter((one) => one.lost.length > 0)
    const lost = losses.reduce((sum, one) => sum + one.lost.length, 0)
    const kept = (there - lost) / there
    expect({ kept, losses: kept >= 0.98 ? [] : losses.map((one) => `${one.id}: ${one.lost.join(', ')}`) }).toEqual({
      kept: expect.toSatisfy((share) => share >= 0.98),
      losses: [],
    })
  })

  it('what went wrong is recognisable in at least 80 of 100', () => {
    const asked = all().filter((one) => one.recognisable !== undefined)
    const unclear = asked.filter((one) => one.recognisable === false)
    const clear = (asked.length - unclear.length) / asked.length
    expect({ clear, unclear: clear >= 0.8 ? [] : unclear.map((one) => one.id) }).toEqual({
      clear: expect.toSatisfy((share) => share >= 0.8),
      unclear: [],
    })
  })
})
