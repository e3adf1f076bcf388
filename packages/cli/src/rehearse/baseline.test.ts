import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CliError } from '../errors.ts'
import { baselineText, parseBaseline, readBaseline, writeBaseline } from './baseline.ts'

const format = '"format":"trailmark-coverage-baseline/1"'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-baseline-'))
})
afterEach(() => rm(home, { recursive: true }))

describe('a baseline', () => {
  it('is sorted, with one entry a line, whatever the order it was found in', () => {
    const text = baselineText({
      routes: [
        { method: 'POST', route: '/b' },
        { method: 'PUT', route: '/a', note: 'goes "soon"' },
        { method: 'GET', route: '/a' },
      ],
      findings: [{ rule: 'audit-mounted-twice' }],
    })
    expect(text).toBe(`{
  "format": "trailmark-coverage-baseline/1",
  "routes": [
    {"method":"GET","route":"/a"},
    {"method":"PUT","route":"/a","note":"goes \\"soon\\""},
    {"method":"POST","route":"/b"}
  ],
  "findings": [
    {"rule":"audit-mounted-twice"}
  ]
}
`)
  })

  it('is read back as it was written, and replaced in one step', async () => {
    const path = join(home, 'coverage.json')
    expect(await readBaseline(path)).toBeUndefined()
    await writeBaseline(path, { routes: [], findings: [] })
    const baseline = { routes: [{ method: 'GET', route: '/x\u001b"\u2028' }], findings: [] }
    await writeBaseline(path, baseline)
    expect(await readBaseline(path)).toEqual(baseline)
    expect(await readdir(home)).toEqual(['coverage.json'])
    expect(await readFile(path, 'utf8')).toBe(baselineText(baseline))
  })

  it.each([
    ['no JSON', '{', /no JSON/],
    ['a list', '[]', /object/],
    ['another format', '{"format":"2","routes":[],"findings":[]}', /format/],
    ['no routes', `{${format},"findings":[]}`, /routes/],
    ['a route without a method', `{${format},"routes":[{"route":"/"}],"findings":[]}`, /routes\[0\]\.method/],
    ['a member nobody knows', `{${format},"routes":[{"method":"GET","route":"/","why":"x"}],"findings":[]}`, /why/],
    ['a note that is none', `{${format},"routes":[],"findings":[{"rule":"x","note":1}]}`, /findings\[0\]\.note/],
  ])('with %s is refused by name', (_name, text, problem) => {
    expect(() => parseBaseline(text)).toThrow(problem)
  })

  it('of more bytes than anyone reviews is not read', async () => {
    const path = join(home, 'coverage.json')
    await writeFile(path, '')
    await truncate(path, 9 * 1_048_576)
    await expect(readBaseline(path)).rejects.toMatchObject({ code: 'CLI_BASELINE_INVALID' })
  })

  it('of any text is read, or refused with its code', () => {
    const entry = fc.record({ method: fc.anything(), route: fc.anything() }, { requiredKeys: [] })
    const shaped = fc.record({
      format: fc.constant('trailmark-coverage-baseline/1'),
      routes: fc.array(entry),
      findings: fc.anything(),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          shaped.map((value) => JSON.stringify(value) ?? ''),
        ),
        (text) => {
          try {
            const baseline = parseBaseline(text)
            expect(parseBaseline(baselineText(baseline)).routes).toHaveLength(baseline.routes.length)
          } catch (error) {
            expect(error).toBeInstanceOf(CliError)
          }
        },
      ),
    )
  })
})
