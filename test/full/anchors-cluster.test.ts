import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { type AppDirectory, appDirectory } from '../../packages/core/src/run-app.fixture.ts'

/**
 * Workers of one cluster record and anchor; the one that holds the anchor log is killed; the others then end in good order.
 * The primary prints what it sees.
 */
const cluster = (path: string): string => `
  import cluster from 'node:cluster'
  import { createAudit } from '@trailmark/core'
  import { fileAnchor } from '@trailmark/ledger/anchors'
  if (cluster.isPrimary) {
    const roles = new Map()
    let killed
    for (let i = 0; i < 3; i++) cluster.fork()
    cluster.on('message', (worker, { role, anchored }) => {
      roles.set(worker.id, role)
      const all = [...roles.values()]
      if (killed === undefined && anchored && all.length === 3 && all.filter((one) => one === 'passive').length === 2) {
        killed = worker.id
        roles.delete(worker.id)
        console.log('killed ' + worker.id)
        worker.process.kill('SIGKILL')
      } else if (killed !== undefined && worker.id !== killed && role === 'holder' && anchored) {
        console.log('taken over by ' + worker.id)
        for (const one of Object.values(cluster.workers)) one.send('end')
      }
    })
  } else {
    const audit = createAudit({ operational: 'none', anchors: [fileAnchor({ path: ${JSON.stringify(path)} })], anchorEveryMs: 1000 })
    const recording = setInterval(() => audit.record('login_failure', { reason: 'invalid_password' }), 20)
    const telling = setInterval(() => {
      const { role, unanchored } = audit.health().anchoring
      process.send({ role, anchored: role === 'holder' && unanchored === undefined })
    }, 50)
    process.on('message', async () => {
      clearInterval(recording)
      clearInterval(telling)
      await audit.close()
      process.disconnect()
    })
  }
`

let app: AppDirectory
afterEach(() => app.remove())

describe('workers of a cluster', () => {
  it('write a stream each, one of them anchors all, and another one does when it is killed', async () => {
    const other = mkdtempSync(join(tmpdir(), 'trailmark-other-'))
    onTestFinished(() => rmSync(other, { recursive: true, force: true }))
    app = appDirectory()
    const { code, stdout, stderr } = await app.start(cluster(other), { NODE_ENV: 'production' }, 100_000).ended
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
    const [killed, taken] = [...stdout.matchAll(/(?:killed|taken over by) (\d)/g)].map(([, id]) => id)
    expect(killed).toBeDefined()
    expect(taken).toBeDefined()
    expect(taken).not.toBe(killed)

    const service = join(app.dir, '.trailmark', 'clinic')
    // One anchor log with one writer, whoever held it.
    const logs = readdirSync(join(service, 'anchor.long'))
    expect(logs).toHaveLength(1)
    expect(readdirSync(other)).toHaveLength(1)
    const log = join(service, 'anchor.long', logs[0] ?? '')
    const entries = readdirSync(join(log, 'seg'))
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .flatMap((name) =>
        readFileSync(join(log, 'seg', name), 'utf8')
          .trimEnd()
          .split('\n'),
      )
      .map((line): { event: string; checkpoints: string[] } => JSON.parse(line))
    expect(entries.filter(({ event }) => event === 'start').length).toBeGreaterThan(1)
    // Every worker's stream is in it, the killed one's as well.
    const writers = readdirSync(join(service, 'audit.standard'))
    expect(writers).toHaveLength(3)
    for (const writer of writers)
      expect(
        entries.some(({ checkpoints }) =>
          checkpoints.some((note) => note.startsWith(`clinic/audit.standard/${writer}\n`)),
        ),
      ).toBe(true)
    const report = await verify(join(app.dir, '.trailmark'))
    expect(
      report.streams.flatMap(({ integrity, completeness }) => [
        ...integrity.breaks,
        ...completeness.gaps.filter((gap) => !gap.explained),
      ]),
    ).toEqual([])
    expect(report).toMatchObject({ ok: true, lost: [] })
  }, 120_000)
})
