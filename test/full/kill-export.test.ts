import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verify } from '@trailmark/ledger/verify'
import { findUnfinished, query, type StoredRecord } from '@trailmark/query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Child, start } from '../process/child.ts'
import { fromSources } from '../process/repository.ts'
import { type Answer, loadUntilGone } from './load.ts'

/**
 * A server is killed in the middle of exports, which are of class `block`: whoever got an answer finds the attempt on record,
 * and where the result was lost with the process, that is a finding. TRAILMARK_EXPORT_KILLS sets the number of kills.
 */
const kills = Number(process.env['TRAILMARK_EXPORT_KILLS'] ?? 30)
const sockets = 8
const program = fileURLToPath(new URL('./exporting-server.ts', import.meta.url))

let home: string
const running: Child[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-exports-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  rmSync(home, { recursive: true, force: true })
})

async function startServer(): Promise<{ child: Child; port: number }> {
  const env = { NODE_ENV: 'production', TRAILMARK_DIR: join(home, 'trail'), TRAILMARK_KEYS_DIR: join(home, 'keys') }
  const child = start(process.execPath, [fromSources, program], { cwd: home, env })
  running.push(child)
  await child.printed(/listening \d+\n/)
  return { child, port: Number(/listening (\d+)/.exec(child.stdout())?.[1]) }
}

async function endServer(child: Child, signal: NodeJS.Signals): Promise<void> {
  child.process.kill(signal)
  expect(await child.ended).toEqual({ code: null, signal })
}

it(`${kills} kills leave the attempt of every answered export, once, and name each without a result`, async () => {
  const answers: Answer[] = []
  for (let round = 0; round < kills; round++) {
    const { child, port } = await startServer()
    // Only a server that has answered is under load when it is killed, however slowly it started.
    await (await fetch(`http://127.0.0.1:${port}/export`)).text()
    const load = loadUntilGone(port, ['/export'], sockets)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
    await endServer(child, 'SIGKILL')
    answers.push(...(await load))
  }
  const { child } = await startServer()
  await endServer(child, 'SIGTERM')
  expect(answers.length).toBeGreaterThan(kills)
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]))

  const records: StoredRecord[] = []
  for await (const record of query(join(home, 'trail'), { types: ['data_export'] })) records.push(record)
  const attempts = new Map<string, StoredRecord>()
  const results = new Set<string>()
  for (const record of records) {
    const operation = record.operation_id ?? ''
    expect(record.phase === 'attempt' ? attempts.has(operation) : results.has(operation), `${operation} twice`).toBe(
      false,
    )
    if (record.phase === 'attempt') attempts.set(operation, record)
    else results.add(operation)
  }
  // Nothing was exported to anybody before its attempt was durable.
  const attempted = new Set([...attempts.values()].map((one) => one.request_id))
  expect(attempted.size).toBe(attempts.size)
  expect(answers.filter((one) => !attempted.has(one.requestId))).toEqual([])
  // Whose end nobody recorded is named, and nothing else is.
  expect([...results].filter((operation) => !attempts.has(operation))).toEqual([])
  const unfinished = await findUnfinished(join(home, 'trail'), Date.now())
  const open = [...attempts.keys()].filter((operation) => !results.has(operation))
  expect(unfinished.map((one) => one.operationId).sort()).toEqual(open.sort())
  // Each kill loses what was under way, and what was answered since the batch that the disk had last: not everything.
  expect(results.size).toBeGreaterThan(kills / 2)
  const { ok, streams } = await verify(join(home, 'trail'))
  expect(streams.flatMap((one) => [...one.integrity.breaks, ...one.completeness.gaps])).toEqual([])
  // Exports seal the visitor's address, under a key of the month that is born on record.
  const ledgers = streams.map((one) => `${one.stream}.${one.retentionClass}`)
  expect([ok, [...new Set(ledgers)].sort()]).toEqual([true, ['audit.long', 'audit.standard', 'keys.keys']])
})
