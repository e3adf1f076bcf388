import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** Whether a process has loaded `fetch` once it imported this. */
function loadsFetch(specifier: string): boolean {
  const script = `await import('${specifier}'); console.log(process.moduleLoadList.some((name) => name.includes('undici')))`
  const args = ['--conditions=@trailmark/source', '--input-type=module', '--eval', script]
  return execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim() === 'true'
}

it.each(['@trailmark/core', '@trailmark/core/http', '@trailmark/core/integration'])(
  '%s loads no fetch',
  (specifier) => {
    expect(loadsFetch('node:http')).toBe(true)
    expect(loadsFetch(specifier)).toBe(false)
  },
)
