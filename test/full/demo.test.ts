import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Child, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

/** The first thing anybody runs: to its end, and interrupted half-way. */
const homes = new Set<string>()
afterEach(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
  homes.clear()
})

function demo(): Child {
  return start(process.execPath, [fromSources, 'examples/clinic/demo.ts'], {
    cwd: repository,
    env: { NODE_ENV: undefined, TRAILMARK_DIR: undefined, TRAILMARK_KEYS_DIR: undefined },
  })
}

function homeIn(output: string): string {
  const home = dirname(/\n {2}the trail +(\S+)/.exec(output)?.[1] ?? '/nowhere/x')
  if (/trailmark-demo-/.test(home)) homes.add(home)
  return home
}

describe('the demo', () => {
  it('tells one incident of three services, verifies the trail, and finds the changed byte', async () => {
    const child = demo()
    const { code } = await child.ended
    const output = child.stdout()
    const home = homeIn(output)
    expect({ code, stderr: child.stderr() }).toEqual({ code: 0, stderr: '' })

    const incident = output.slice(output.indexOf('One incident'), output.indexOf('What an auditor does'))
    for (const service of ['clinic-gateway', 'clinic-records', 'clinic-notices']) expect(incident).toContain(service)
    const verified = output.slice(output.indexOf('What an auditor does'), output.indexOf('What happens when one byte'))
    expect(verified).toMatch(/^intact and complete: 12 streams, [\d,]+ records/m)
    expect(verified).not.toContain('note:')

    const tampered = output.slice(output.indexOf('What happens when one byte'), output.indexOf('Where it all is'))
    expect(tampered).toMatch(/^BROKEN: 1 break in 12 streams/m)
    const [, changed = ''] = /byte (\d+) of /.exec(tampered) ?? []
    const [, line = ''] = /broken at n \d+, \S+ byte (\d+)/.exec(tampered) ?? []
    const file = /of (\S+\.jsonl)/.exec(tampered)?.[1] ?? ''
    const bytes = readFileSync(`${home}/${file}`)
    expect(Number(changed)).toBeGreaterThan(Number(line))
    expect(bytes.indexOf(0x0a, Number(line))).toBeGreaterThan(Number(changed))
  })

  it('keeps what the booking error carried out of every file it leaves', async () => {
    const child = demo()
    await child.ended
    const home = homeIn(child.stdout())
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThan(20)
    const planted = /4111 1111 1111 1111|swollen wrist|heron-7-lantern|not-a-session-of-ours|usr_dana|amara/
    const leaks = files.filter((entry) => planted.test(readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1')))
    expect(leaks.map((entry) => entry.name)).toEqual([])
  })

  it('leaves nothing running when it is interrupted', async () => {
    const child = demo()
    await child.printed(/0[89]:00/)
    const services = childrenOf(child.process.pid)
    expect(services).toHaveLength(3)
    child.process.kill('SIGINT')
    expect((await child.ended).code).toBe(130)
    expect(services.filter(isAlive)).toEqual([])
    homeIn(child.stdout())
  })
})

function childrenOf(pid: number | undefined): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return list.split(' ').filter(Boolean).map(Number)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
