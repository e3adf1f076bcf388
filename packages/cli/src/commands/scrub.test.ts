import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function start(...args: string[]) {
  return spawn(process.execPath, ['--conditions=@trailmark/source', main, 'scrub', ...args], { stdio: 'pipe' })
}

async function scrub(input: string, ...args: string[]) {
  const child = start(...args)
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stdin.end(input)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}

describe('trailmark scrub', () => {
  it('writes lines without what must not be read, and says so when asked', async () => {
    const { code, out, err } = await scrub('{"password":"hunter2"}\nready\n', '--report')
    expect({ code, out }).toEqual({ code: 0, out: '{"password":"[secret]"}\nready\n' })
    expect(JSON.parse(err)).toMatchObject({ lines: 2, changed: 1, withheld: 0 })
  })

  it('fails on lines that had to be changed only when told to', async () => {
    expect(await scrub('to alice@example.com\n', '--fail')).toEqual({ code: 1, out: 'to [email]\n', err: '' })
    expect(await scrub('ready\n', '--fail')).toEqual({ code: 0, out: 'ready\n', err: '' })
  })

  it('withholds what is no JSON where JSON is promised', async () => {
    expect((await scrub('ready\n', '--as', 'json')).out).toBe('[withheld line 5 B]\n')
  })

  it('refuses a format it does not know', async () => {
    const { code, out, err } = await scrub('', '--as', 'xml')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('auto, json, text')
  })

  it('ends quietly when its reader goes, and on Ctrl-C', async () => {
    const child = start()
    const code = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.stdin.on('error', () => undefined)
    const err = text(child.stderr)
    child.stdin.write('ready\n')
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.stdout.destroy()
    child.stdin.end('more lines than anyone reads\n'.repeat(10_000))
    expect([await code, await err]).toEqual([0, ''])

    const other = start()
    const ended = new Promise<number | null>((resolve) => other.once('exit', resolve))
    const said = text(other.stderr)
    other.stdin.write('ready\n')
    await new Promise((resolve) => other.stdout.once('data', resolve))
    other.kill('SIGINT')
    expect([await ended, await said]).toEqual([0, ''])
  })
})
