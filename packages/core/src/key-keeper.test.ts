import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryKeys, openKeys, type SubjectKeys } from '@trailmark/keys'
import { expect, test, vi } from 'vitest'
import { createKeyKeeper } from './key-keeper.ts'
import { runtimeOf } from './runtime.ts'
import { fixedClock, testAudit } from './testing.ts'

const hour = 3_600_000

test('what is destroyed by its age is on record, by key id alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'trailmark-keeper-'))
  try {
    const clock = fixedClock()
    const keys = openKeys({ dir: join(root, 'keys'), clock })
    const audit = testAudit({ keys, clock })
    const month = keys.subjects?.anonymous()
    await keys.subjects?.persist()
    clock.advance(130 * 86_400_000)
    const keeper = createKeyKeeper(keys.subjects, {
      notice: (code) => expect.unreachable(code),
      announce: (type, event) => void runtimeOf(audit).recordIn(undefined, type, event),
    })
    keeper(clock.now())
    await vi.waitFor(() => expect(audit.recordsOf('key_destroyed')).toHaveLength(2))
    expect(audit.recordsOf('key_destroyed')).toMatchObject([
      { reason: 'expired', metadata: { key_id: month?.kid, purpose: 'subject' } },
      { reason: 'rotation', metadata: { key_id: 'kek-1', purpose: 'wrapping' } },
    ])
    await audit.close()
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test('the keys are looked after once an hour, a failure is told, and the next hour tries again', async () => {
  const { subjects } = memoryKeys()
  if (subjects === undefined) throw new Error('no subject keys')
  const tend = vi.fn<SubjectKeys['tend']>().mockRejectedValueOnce(new Error('disk gone'))
  tend.mockResolvedValue({ expired: [], keks: [] })
  const notices: string[] = []
  const failing = new Proxy(subjects, { get: (target, name) => (name === 'tend' ? tend : Reflect.get(target, name)) })
  const keeper = createKeyKeeper(failing, { notice: (code) => notices.push(code), announce: () => undefined })
  keeper(0)
  keeper(1)
  await vi.waitFor(() => expect(notices).toEqual(['AUDIT_KEYS']))
  keeper(hour - 1)
  expect(tend).toHaveBeenCalledTimes(1)
  keeper(hour)
  expect(tend).toHaveBeenCalledTimes(2)
  createKeyKeeper(undefined, { notice: () => undefined, announce: () => undefined })(0)
})
