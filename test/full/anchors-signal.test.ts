/** Two seconds are all that a signal leaves: on a machine that has nothing else to do they are enough. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { type AppDirectory, appDirectory } from '../../packages/core/src/run-app.fixture.ts'

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-anchors-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

describe('a process with anchors', () => {
  let app: AppDirectory
  afterEach(() => app.remove())

  it('shows its last checkpoints when a signal ends it', { retry: 2 }, async () => {
    app = appDirectory()
    const other = temporary()
    const running = app.start(
      `
      import { createAudit } from '@trailmark/core'
      import { fileAnchor } from '@trailmark/ledger/anchors'
      const audit = createAudit({ operational: 'none', anchors: [fileAnchor({ path: ${JSON.stringify(other)} })] })
      setInterval(() => {}, 1000)
      const poll = setInterval(async () => {
        if (audit.health().anchoring.anchors[0].time === undefined) return
        clearInterval(poll)
        await audit.record('login_failure', { reason: 'invalid_password' }).durable
        console.log('anchored')
      }, 20)
    `,
      { NODE_ENV: 'production' },
    )
    await running.says('anchored')
    running.child.kill('SIGTERM')
    expect((await running.ended).signal).toBe('SIGTERM')
    const [held = ''] = readdirSync(other)
    const sizes = [...readFileSync(join(other, held), 'utf8').matchAll(/anchor\.long\/w-[0-9a-f]{12}\n(\d+)\n/g)]
    expect(sizes.length).toBeGreaterThan(1)
    const dir = join(app.dir, '.trailmark', 'clinic', 'anchor.long')
    const lines = readFileSync(join(dir, readdirSync(dir)[0] ?? '', 'seg', '000000000000.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'stop' })
    expect((await verify(join(app.dir, '.trailmark'))).ok).toBe(true)
  })
})
