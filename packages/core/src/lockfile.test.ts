import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashLockfile } from './lockfile.ts'

test('is the hash of the nearest lock file above, and undefined where there is none', async () => {
  const root = mkdtempSync(join(tmpdir(), 'trailmark-lock-'))
  const below = join(root, 'packages', 'clinic')
  mkdirSync(below, { recursive: true })
  expect(await hashLockfile(below)).toBeUndefined()
  writeFileSync(join(root, 'package-lock.json'), '{"lockfileVersion":3}')
  const hash = createHash('sha256').update('{"lockfileVersion":3}').digest('hex')
  expect(await hashLockfile(below)).toBe(hash)
  writeFileSync(join(below, 'yarn.lock'), 'nearer')
  expect(await hashLockfile(below)).toBe(createHash('sha256').update('nearer').digest('hex'))
  mkdirSync(join(below, 'pnpm-lock.yaml'))
  expect(await hashLockfile(below)).toBe(createHash('sha256').update('nearer').digest('hex'))
  expect(await hashLockfile(join(root, 'absent'))).toBe(hash)
})
