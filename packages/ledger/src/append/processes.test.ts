import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { allIds, crashCopy, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import { verify } from '../verify.ts'

const program = join(import.meta.dirname, '..', 'writing-child.fixture.ts')

interface Written {
  readonly writer: string
  readonly ids: string[]
}

/** Runs writers in processes of their own, all open at the same time, until they end. */
async function writeTogether(dir: string, names: readonly string[], entries: number): Promise<Written[]> {
  const children = names.map((name) => start(dir, name, entries))
  await Promise.all(children.map((child) => child.open))
  for (const child of children) child.go()
  return Promise.all(children.map((child) => child.end))
}

function start(dir: string, name: string, entries: number): { open: Promise<void>; go(): void; end: Promise<Written> } {
  const args = ['--conditions=@trailmark/source', program, dir, name, String(entries), '8', 'wait']
  const child = spawn(process.execPath, args, { stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  const opened = Promise.withResolvers<void>()
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
    opened.resolve()
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const end = new Promise<Written>((resolve, reject) => {
    child.on('close', (code) => {
      opened.resolve()
      if (code !== 0 || errors !== '') return reject(new Error(`${name} ended with ${code}: ${errors}`))
      const [first = '', ...ids] = output.trimEnd().split('\n')
      const { writer }: { writer: string } = JSON.parse(first.slice('open '.length))
      resolve({ writer, ids })
    })
  })
  return { open: opened.promise, go: () => void child.stdin.end('go'), end }
}

describe('processes on one stream', () => {
  it('each write to a directory of their own, and nothing is lost or mixed', async () => {
    const root = temporaryDirectory()
    const results = await writeTogether(root, ['a', 'b', 'c'], 150)
    expect(new Set(results.map((one) => one.writer)).size).toBe(3)
    expect((await allIds(root)).sort()).toEqual(results.flatMap((one) => one.ids).sort())
    const report = await verify(root)
    expect(report.ok).toBe(true)
    expect(report.streams.map((one) => one.entries)).toEqual([150, 150, 150])
  })

  it('that all find the lock of a dead one agree on who takes it', async () => {
    const root = temporaryDirectory()
    const dead = openTest(root)
    await dead.append('"id":"dead"').durable
    const copy = crashCopy(root)
    await dead.close()
    const results = await writeTogether(copy, ['a', 'b', 'c'], 40)
    expect(new Set(results.map((one) => one.writer)).size).toBe(3)
    expect(results.map((one) => one.writer)).toContain(dead.writer)
    expect((await allIds(copy)).sort()).toEqual(['dead', ...results.flatMap((one) => one.ids)].sort())
    expect((await verify(copy)).ok).toBe(true)
    for (const writer of readdirSync(copy))
      expect(readdirSync(join(copy, writer)).filter((name) => name.startsWith('LOCK'))).toEqual([])
  })
})
