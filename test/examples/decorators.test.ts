import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

it('the example of audited functions records each call in its request', async () => {
  const file = join(repository, 'examples', 'decorators.ts')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [fromSources, file], {
    cwd: repository,
    env: { ...process.env, NODE_ENV: 'test' },
  })
  expect(stderr).toBe('')
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { event_type: 'data_access', outcome: 'success', purpose: 'care' },
    { event_type: 'data_access', outcome: 'failure', reason: 'not_found', purpose: 'care' },
    { event_type: 'data_export', phase: 'attempt', outcome: 'unknown' },
    { event_type: 'data_export', phase: 'result', outcome: 'success', volume: { records: 2 } },
    { event_type: 'bulk_query', outcome: 'success', purpose: 'statistics', volume: { records: 2 } },
  ])
})
