import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { missing } from '../../packages/ledger/src/keep/missing-program.fixture.ts'
import { fromSources, repository } from '../process/repository.ts'

it.skipIf(missing('git'))('the example of anchors shows its trail to a file, a repository and a webhook', async () => {
  const file = join(repository, 'examples', 'anchors.ts')
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const { stdout } = await promisify(execFile)(process.execPath, [fromSources, file], { cwd: repository, env })
  const [committed, received, verdict] = stdout.split('\n')
  const log = /clinic\/anchor\.long\/w-[0-9a-f]{12}$/
  expect(committed).toMatch(/^checkpoint [1-9]\d* of /)
  expect(committed).toMatch(log)
  expect(received).toMatch(/^the receiver holds [1-9]\d* of /)
  expect(received).toMatch(log)
  expect(verdict).toBe('the trail leads to what the anchors hold')
})
