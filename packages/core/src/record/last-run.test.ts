import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rememberRun } from './last-run.ts'

const dir = (): string => mkdtempSync(join(tmpdir(), 'trailmark-run-'))
const [commitA, commitB] = ['a'.repeat(40), 'b'.repeat(40)]
const [lockA, lockB] = ['c'.repeat(64), 'd'.repeat(64)]

test('tells another commit and other dependencies than those of the last start, once', () => {
  const at = dir()
  expect(rememberRun(at, { version: commitA, lockfile: lockA })).toEqual([])
  expect(rememberRun(at, { version: commitA, lockfile: lockA })).toEqual([])
  expect(rememberRun(at, { version: commitB, lockfile: lockB })).toEqual([
    { type: 'deployment', event: { reason: 'start', metadata: { commit: commitB, previous_commit: commitA } } },
    {
      type: 'dependency_updated',
      event: { reason: 'start', metadata: { lockfile: lockB, previous_lockfile: lockA } },
    },
  ])
  expect(rememberRun(at, { version: commitB, lockfile: lockB })).toEqual([])
})

test('what is not known now is not a change, and is compared when it is known again', () => {
  const at = dir()
  rememberRun(at, { version: '1.2.3', lockfile: lockA })
  expect(rememberRun(at, {})).toEqual([])
  expect(rememberRun(at, { version: '1.3.0' })).toEqual([
    { type: 'deployment', event: { reason: 'start', metadata: { version: '1.3.0', previous_version: '1.2.3' } } },
  ])
})

test('a memory somebody has spoilt, and a place that cannot be written, cost the record and nothing else', () => {
  const at = dir()
  for (const spoilt of ['', '{', '[]', 'null', '{"version":7,"lockfile":"x"}', `{"version":"${'v'.repeat(5_000)}"}`]) {
    writeFileSync(join(at, 'run'), spoilt)
    expect(rememberRun(at, { version: commitA, lockfile: lockA })).toEqual([])
  }
  const file = join(at, 'file')
  writeFileSync(file, '')
  expect(rememberRun(join(file, 'below'), { version: commitA })).toEqual([])
})
