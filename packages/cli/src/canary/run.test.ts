import { mkdir, stat } from 'node:fs/promises'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeCanaries } from './canaries.ts'
import { type CanaryPath, linesPath, recordsPath, requestsPath, scrubPath } from './paths.ts'
import { runCanaries } from './run.ts'

const never = new AbortController().signal

describe('canaries', () => {
  it('are the same for one seed, and others for another', () => {
    const values = (seed: string) => makeCanaries(seed).flatMap((one) => one.values)
    expect(values('a')).toEqual(values('a'))
    expect(values('a').filter((one) => values('b').includes(one))).toEqual([])
    expect(new Set(makeCanaries('a').map(({ name }) => name)).size).toBe(makeCanaries('a').length)
    expect(makeCanaries('a').length).toBeGreaterThanOrEqual(30)
  })

  it.each([scrubPath, linesPath, recordsPath, requestsPath])('do not arrive through $name', async (path) => {
    for (const seed of ['1', '2', '3']) {
      const [result] = await runCanaries(never, [path], seed)
      expect(result).toMatchObject({ path: path.name, arrived: [] })
      expect(result?.failed).toBeUndefined()
    }
  })

  it('are all found where nothing takes them out', async () => {
    const careless: CanaryPath = {
      name: 'careless',
      proof: /./,
      run: async (canaries) => ({
        printed: canaries.map(({ payload, text }) => `${text}\n${inspect(payload(), { depth: 9 })}`).join('\n'),
      }),
    }
    const [result] = await runCanaries(never, [careless])
    const arrived = new Set(result?.arrived.map(({ canary }) => canary.replace(/ \(\d\)$/, '')))
    // What says by itself what it is prints as a placeholder everywhere.
    const missing = makeCanaries('')
      .map(({ name }) => name)
      .filter((name) => !arrived.has(name))
    expect(missing).toEqual(['Secret', 'Personal'])
  })

  it('tell where they arrived and never show themselves', async () => {
    const [canary] = makeCanaries('seed')
    const value = canary?.values[0] ?? ''
    const leaky: CanaryPath = {
      name: 'leaky',
      proof: /said/,
      run: async () => ({ stderr: `somebody said ${Buffer.from(`pw=${value}`).toString('base64')} aloud` }),
    }
    const [result] = await runCanaries(never, [leaky], 'seed')
    expect(result?.arrived).toMatchObject([{ canary: 'password by name', where: 'stderr', spelling: 'in base64' }])
    expect(JSON.stringify(result)).not.toContain(value)
  })

  it('prove nothing through a path that did not run, and leave nothing behind', async () => {
    let made = ''
    const silent: CanaryPath = { name: 'silent', proof: /done/, run: async () => ({ stdout: '' }) }
    const broken: CanaryPath = {
      name: 'broken',
      proof: /./,
      run: async (_canaries, { dir }) => {
        made = `${dir}/deep`
        await mkdir(made)
        throw new TypeError('no')
      },
    }
    const results = await runCanaries(never, [silent, broken])
    expect(results.map(({ failed }) => failed)).toEqual([expect.stringContaining('ran'), 'TypeError'])
    const stop = new AbortController()
    stop.abort()
    expect(await runCanaries(stop.signal, [silent])).toEqual([])
    expect(made).toContain('trailmark-canary-')
    await expect(stat(made)).rejects.toThrow('ENOENT')
    await expect(stat(`${made}/../..`)).rejects.toThrow('ENOENT')
  })
})
