import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

it('the example of a witness shows that a trail was put back', async () => {
  const file = join(repository, 'examples', 'witness.ts')
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const { stdout } = await promisify(execFile)(process.execPath, [fromSources, file], { cwd: repository, env })
  const [tuesday, alarm] = stdout.split('\n')
  expect(tuesday).toBe('tuesday is sound and witnessed')
  expect(alarm).toMatch(/^rollback witness-example-w1-[0-9a-f]{8}/)
})
