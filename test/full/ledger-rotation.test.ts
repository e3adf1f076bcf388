/** Four processes with eight writers each, all in one stream, end segments all the time, and a verifier reads along. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findStreams, readEntries } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { testSigner } from '../../packages/ledger/src/signer.fixture.ts'
import { type Child, start } from '../process/child.ts'
import { fromSources } from '../process/repository.ts'

const processes = 4
const writers = 8
const entries = Number(process.env['TRAILMARK_ENTRIES'] ?? 4000)
const program = fileURLToPath(new URL('./rotating-child.ts', import.meta.url))
const publicKeys = [testSigner().publicKey]

let home: string
const running: Child[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-rotation-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  rmSync(home, { recursive: true, force: true })
})

it(`${processes} processes with ${writers} writers each are sound whenever somebody looks`, async () => {
  const root = join(home, 'audit.standard')
  const children = Array.from({ length: processes }, (_, i) =>
    start(process.execPath, [fromSources, program, root, `p${i}`, String(entries)], { cwd: home }),
  )
  running.push(...children)
  await Promise.all(children.map((child) => child.printed(/\d\n/)))
  let busy = true
  const ends = Promise.all(children.map((child) => child.ended)).finally(() => {
    busy = false
  })
  let looks = 0
  for (; busy; looks++) {
    const { streams } = await verify(root, { publicKeys })
    expect(streams.flatMap((one) => one.integrity.breaks.map((found) => ({ writer: one.writer, ...found })))).toEqual(
      [],
    )
  }
  expect(await ends).toEqual(children.map(() => ({ code: 0, signal: null })))
  expect(children.map((child) => child.stderr()).join('')).toBe('')
  expect(looks).toBeGreaterThan(0)

  const report = await verify(root, { publicKeys })
  expect([report.ok, report.streams.length]).toEqual([true, processes * writers])
  for (const { dir } of report.streams) {
    expect(readdirSync(join(dir, 'seg')).filter((name) => name.endsWith('.jsonl')).length).toBeGreaterThan(entries / 50)
  }
  const ids: string[] = []
  for (const stream of await findStreams(root)) {
    for await (const { line } of readEntries(stream)) ids.push(/"id":"([^"]*)"/.exec(line)?.[1] ?? '')
  }
  const printed = children.flatMap((child) => child.stdout().trimEnd().split('\n'))
  expect(printed).toHaveLength(processes * writers * entries)
  expect(ids.sort()).toEqual(printed.sort())
})
