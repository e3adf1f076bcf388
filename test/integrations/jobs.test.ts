/** Jobs of node-cron, and of anything else that calls a function by itself. */
import { currentContext } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { auditedJob } from '@trailmark/integrations/jobs'
import { auditNodeCron } from '@trailmark/integrations/node-cron'
import cron from 'node-cron'
import { afterEach, expect, test } from 'vitest'

const audit = testAudit()
afterEach(() => audit.clear())

const planted = 'planted-7c1f0b93'

test('every run has a context of its own, and its records belong to it', async () => {
  const job = auditedJob(
    async (label: string) => {
      audit.record('backup_completed')
      await new Promise((resolve) => setTimeout(resolve, 2))
      audit.record('backup_completed')
      return [label, currentContext()?.requestId]
    },
    { audit },
  )
  const runs = await Promise.all([job('one'), job('two')])
  expect(runs.map(([label]) => label)).toEqual(['one', 'two'])
  const ids = audit.recordsOf('backup_completed').map((record) => record['request_id'])
  expect(ids.sort()).toEqual(runs.flatMap(([, id]) => [id, id]).sort())
  expect(new Set(ids).size).toBe(2)
  expect(currentContext()).toBeUndefined()
})

test('a run that fails is on record without the words of its error, and fails', async () => {
  const sync = auditedJob(
    () => {
      throw new TypeError(planted)
    },
    { audit },
  )
  expect(sync).toThrow(planted)
  await expect(auditedJob(async () => sync(), { audit })()).rejects.toThrow(planted)
  const records = audit.recordsOf('application_error')
  expect(records.map(({ metadata }) => metadata)).toMatchObject([
    { origin: 'job', error_type: 'TypeError' },
    { origin: 'job', error_type: 'TypeError' },
    { origin: 'job', error_type: 'TypeError' },
  ])
  expect(JSON.stringify(records)).not.toContain(planted)
})

test('tasks of node-cron run in contexts, and one that fails is on record', async () => {
  const seen: (string | undefined)[] = []
  const { createTask, schedule } = auditNodeCron(auditNodeCron(cron, { audit }), { audit })
  const task = createTask('* * * * *', () => {
    seen.push(currentContext()?.requestId)
    return 'done'
  })
  expect(await task.execute()).toBe('done')
  await task.execute()
  expect(new Set(seen).size).toBe(2)
  const failing = schedule('0 0 1 1 *', () => {
    throw new RangeError(planted)
  })
  await failing.execute().catch(() => undefined)
  expect(audit.recordsOf('application_error')).toHaveLength(1)
  await Promise.all([task.destroy(), failing.destroy()])
})

test('each refuses by name what it cannot follow', () => {
  expect(() => Reflect.apply(auditedJob, undefined, ['tidy-up'])).toThrow(
    expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
  )
  expect(() => Reflect.apply(auditNodeCron, undefined, [{}])).toThrow(
    expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditNodeCron()') }),
  )
})
