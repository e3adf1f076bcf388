import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

it('the example of an audited database records the forgotten route too, and names it', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [fromSources, join(repository, 'examples', 'database.ts')],
    { cwd: repository, env: { ...process.env, NODE_ENV: 'test' } },
  )
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { event_type: 'data_access', outcome: 'success', volume: { records: 1 }, people: 1 },
    {
      event_type: 'data_access',
      outcome: 'success',
      volume: { records: 2 },
      people: 2,
      metadata: { via: 'database', undeclared: true },
    },
    { method: 'GET', route: '/wards/:ward', drift: 1, tables: ['patients'] },
  ])
})
