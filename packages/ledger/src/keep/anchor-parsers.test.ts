import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyBytesMax } from '../line.ts'
import { type AnchorEntry, fitsEntry, formatAnchorEntry, parseAnchorEntry } from './anchor-entry.ts'
import { parseEvidenceName } from './anchor-evidence.ts'
import { splitNotes } from './published-notes.ts'

const entries: fc.Arbitrary<AnchorEntry> = fc.record({
  timeMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  event: fc.constantFrom('start', 'tick', 'seal', 'stop'),
  everyMs: fc.integer({ min: 1, max: 86_400_000 }),
  live: fc.array(fc.string({ maxLength: 100 }), { maxLength: 20 }),
  checkpoints: fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 20 }),
})

/** As a line of a ledger has it. */
const lineOf = (body: string): string => `{"n":7,"d":6,${body},"h":"AAAAAAAAAAA"}`

describe('an entry of an anchor log', () => {
  it('is read as it was written, over as many lines as it takes', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const parsed = formatAnchorEntry(entry).map((body) => parseAnchorEntry(lineOf(body)))
        expect(parsed.every((one) => one?.timeMs === entry.timeMs && one.event === entry.event)).toBe(true)
        // What is no well-formed text is escaped, and comes back as it was.
        expect(parsed.flatMap((one) => one?.live ?? [])).toEqual(entry.live)
        expect(parsed.flatMap((one) => one?.checkpoints ?? [])).toEqual(entry.checkpoints)
      }),
    )
  })

  it('of many writers fits into lines, and leaves out nothing that fits into one', () => {
    const live = Array.from({ length: 3_000 }, (_, i) => `clinic/audit.standard/w-${String(i).padStart(12, '0')}`)
    const checkpoints = Array.from({ length: 300 }, (_, i) => `${i}\n`.repeat(200 + i))
    const bodies = formatAnchorEntry({ timeMs: 0, event: 'start', everyMs: 60_000, live, checkpoints })
    expect(bodies.length).toBeGreaterThan(1)
    for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(bodyBytesMax)
    const parsed = bodies.map((body) => parseAnchorEntry(lineOf(body)))
    expect(parsed.flatMap((one) => one?.live ?? [])).toEqual(live)
    expect(parsed.flatMap((one) => one?.checkpoints ?? [])).toEqual(checkpoints)
    const long = '"'.repeat(40_000)
    expect(fitsEntry(long)).toBe(false)
    expect(formatAnchorEntry({ timeMs: 0, event: 'tick', everyMs: 1, live: [], checkpoints: [long] })[0]).toContain(
      '"checkpoints":[]',
    )
  })

  it('is nothing that could be something else, whatever the line says', () => {
    const members = fc.record(
      {
        anchor: fc.oneof(fc.constant('trailmark-anchor/1'), fc.anything()),
        time: fc.oneof(fc.constant('2026-01-15T10:00:00.000Z'), fc.constant('2026-99-15T10:00:00.000Z'), fc.anything()),
        event: fc.oneof(fc.constant('tick'), fc.anything()),
        every_ms: fc.oneof(fc.constant(60_000), fc.anything()),
        live: fc.oneof(fc.constant([]), fc.anything()),
        checkpoints: fc.oneof(fc.constant([]), fc.anything()),
      },
      { requiredKeys: [] },
    )
    const lines = fc.oneof(
      fc.string({ unit: 'binary' }),
      members.map((value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? 0 : one))),
    )
    fc.assert(
      fc.property(lines, (line) => {
        const entry = parseAnchorEntry(line)
        if (entry === undefined) return
        expect(Number.isSafeInteger(entry.timeMs)).toBe(true)
        expect(entry.everyMs).toBeGreaterThan(0)
        expect([...entry.live, ...entry.checkpoints].every((one) => typeof one === 'string')).toBe(true)
      }),
    )
  })
})

describe('published notes', () => {
  const note = (size: number): string =>
    `clinic/a.b/w-000000000000\n${size}\nAAAA\n\n— clinic/a.b/w-000000000000 AAAAAAAA\n— w AAAA\n`

  it('are found one after the other, exactly, whatever a crash left between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ size: fc.nat(), cut: fc.option(fc.nat({ max: 60 })) }), { maxLength: 8 }),
        (parts) => {
          let text = ''
          const whole: string[] = []
          for (const { size, cut } of parts) {
            if (cut !== null) text += `${note(size).slice(0, cut)}\n\n`
            else {
              text += note(size)
              whole.push(note(size))
            }
          }
          const found = splitNotes(text)
          for (const one of whole) expect(found).toContain(one)
        },
      ),
    )
  })

  it('are parts of the text, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\n', '\n\n', '— ', '— a b\n', 'x', 'origin\n', '\u0000', 'é'), { maxLength: 40 }),
        (pieces) => {
          const text = pieces.join('')
          for (const one of splitNotes(text)) expect(text).toContain(one)
        },
      ),
    )
  })
})

describe('the name of a file of evidence', () => {
  it('says size, anchor and kind, and nothing that leads elsewhere is one', () => {
    expect(parseEvidenceName('000000000054.witness-1.cosig')).toMatchObject({
      size: 54,
      anchor: 'witness-1',
      suffix: 'cosig',
    })
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9]{10,13}\.[a-z./-]{0,5}\.[a-z0-9/]{0,9}$/)),
        (name) => {
          const found = parseEvidenceName(name)
          if (found) expect(name).toBe(`${String(found.size).padStart(12, '0')}.${found.anchor}.${found.suffix}`)
          if (found) expect(name).not.toContain('/')
        },
      ),
    )
  })
})
