/** Whoever hands an integration the wrong thing, or misspells an option, is told at start what was expected. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from '../process/repository.ts'

const manifest: unknown = JSON.parse(readFileSync(join(repository, 'packages/integrations/package.json'), 'utf8'))
const others = ['./pino', './pino-http', './opentelemetry', './cls-hooked', './package.json']
const entries = Object.keys(exportsOf(manifest)).filter((entry) => !others.includes(entry))
const functions: [name: string, call: (...given: unknown[]) => unknown][] = []
for (const entry of entries) {
  const module: object = await import(`@trailmark/integrations${entry.slice(1)}`)
  for (const [name, value] of Object.entries(module)) {
    if (/^audit|^sqlOutbox$|^cspReports$/.test(name)) functions.push([name, callOf(value)])
  }
}

describe.each(functions)('%s()', (name, call) => {
  // What there is to be wrapped comes first, except where there is nothing: those take options alone.
  const alone = ['auditBetterAuth', 'cspReports', 'sqlOutbox'].includes(name)
  const named = name === 'auditGuard' ? ['guard'] : []
  const things = [undefined, null, 7, {}, () => undefined]
  const given: unknown[][] = alone
    ? [[null], [{ audti: 1 }]]
    : [undefined, null, { audti: 1 }].flatMap((options) => things.map((thing) => [...named, thing, options]))

  it('refuses what it cannot work with in words, and never with an error of the language', () => {
    for (const list of given) expect(codeOf(() => call(...list))).toMatch(/^(AUDIT_\w+|nothing was thrown)$/)
  })

  it('accepts no option that it does not know', () => {
    const misspelt = given.filter((list) => JSON.stringify(list.at(-1)) === '{"audti":1}')
    expect(misspelt.length).toBeGreaterThan(0)
    for (const list of misspelt) expect(codeOf(() => call(...list))).toMatch(/^AUDIT_/)
  })
})

it('every integration is among them', () => {
  expect(functions.length).toBeGreaterThan(40)
})

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'nothing was thrown'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function callOf(value: unknown): (...given: unknown[]) => unknown {
  return (...given) => (typeof value === 'function' ? Reflect.apply(value, undefined, given) : undefined)
}

function exportsOf(json: unknown): object {
  const found: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'exports') : undefined
  return typeof found === 'object' && found !== null ? found : {}
}
