import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

it('the example that tests an application for leaks passes, and reached every route', async () => {
  const file = join(repository, 'examples', 'no-leak.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [fromSources, file], { cwd: repository })
  const report: { statuses: Record<string, number>; planted: number } = JSON.parse(stdout)
  expect(Object.values(report.statuses).sort()).toEqual([201, 201, 201, 400, 404, 404])
  expect(report.planted).toBeGreaterThan(50)
})
