/** Routes of class block: no attempt on record, no handler. */
import { expect } from 'vitest'
import type { Route } from './application.ts'
import { requestText } from './client.ts'
import type { Behaviour } from './suite.ts'

function exporting(ran: () => void): Route {
  return {
    path: '/export',
    access: { verb: 'export', resource: 'patient', purpose: 'treatment', volume: () => 3 },
    handle: (call) => {
      ran()
      call.answer(200, { rows: 3 })
    },
  }
}

export function blocking(behaviour: Behaviour): void {
  behaviour('the handler runs only once its attempt is durable', async ({ open }) => {
    let ran = false
    const stage = await open({ routes: [exporting(() => (ran = true))] })
    stage.set('waits')
    const answer = stage.ask('/export')
    await stage.until(() => stage.records('data_export').length === 1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(ran).toBe(false)
    expect(stage.records('data_export')).toMatchObject([{ phase: 'attempt', outcome: 'unknown' }])
    stage.set('works')
    stage.release()
    expect((await answer).status).toBe(200)
    expect(ran).toBe(true)
  })

  behaviour('attempt and result are paired', async ({ open }) => {
    const stage = await open({ routes: [exporting(() => undefined)], user: () => ({ id: 'usr_8f3k2p' }) })
    expect((await stage.ask('/export')).status).toBe(200)
    const line = await stage.onlyLine()
    const [attempt, result, ...more] = stage.records('data_export')
    expect(attempt).toMatchObject({ phase: 'attempt', outcome: 'unknown', request_id: line.request_id })
    expect(result).toMatchObject({ phase: 'result', outcome: 'success', volume: { records: 3 } })
    expect(result?.operation_id).toBe(attempt?.operation_id)
    expect(attempt?.operation_id).toBeTypeOf('string')
    expect(attempt?.user_id).toBe(result?.user_id)
    expect(more).toEqual([])
  })

  behaviour(
    'a ledger that cannot write answers 503 with the request id, and the handler never runs',
    async ({ open }) => {
      let ran = false
      const stage = await open({ routes: [exporting(() => (ran = true))] })
      stage.set('fails')
      const answer = await stage.ask('/export')
      stage.set('works')
      expect(answer.status).toBe(503)
      expect(ran).toBe(false)
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
      expect(JSON.parse(answer.body)).toMatchObject({ status: 503, request_id: answer.id })
      expect(answer.body).not.toMatch(/disk of this test|\bat \S+:\d+/)
      const line = await stage.onlyLine()
      expect(line.http).toMatchObject({ status: 503, completion: 'completed' })
      expect(stage.records('data_export').find((record) => record.phase === 'result')?.outcome).toBe('failure')
    },
  )

  behaviour('a ledger that hangs answers 503 after two seconds, and the handler never runs', async ({ open }) => {
    let ran = false
    const stage = await open({ routes: [exporting(() => (ran = true))] })
    stage.set('waits')
    const answer = await stage.ask('/export')
    stage.set('works')
    stage.release()
    expect(answer.status).toBe(503)
    await stage.onlyLine()
    expect(ran).toBe(false)
  })

  behaviour('a refused attempt leaves the connection usable', async ({ open }) => {
    const stage = await open({
      routes: [exporting(() => undefined), { path: '/ok', handle: (call) => call.answer(200, 'ok') }],
    })
    const connection = await stage.wire()
    stage.set('fails')
    connection.send(requestText('/export'))
    await connection.until(/503[\s\S]*\}$/)
    stage.set('works')
    connection.send(requestText('/ok', [['connection', 'close']]))
    expect(await connection.closed()).toMatch(/200 OK[\s\S]*ok$/)
    expect(await stage.end()).toHaveLength(2)
  })

  behaviour('routes of other classes go on while the ledger cannot write', async ({ open }) => {
    const access = { verb: 'read', resource: 'patient' } as const
    const stage = await open({ routes: [{ path: '/read', access, handle: (call) => call.answer(200, 'ok') }] })
    for (const mode of ['fails', 'waits'] as const) {
      stage.set(mode)
      expect((await stage.ask('/read')).status).toBe(200)
    }
  })

  behaviour('an attempt refused after its client has left runs no handler either', async ({ open }) => {
    let ran = false
    const stage = await open({
      routes: [
        exporting(() => {
          ran = true
        }),
      ],
    })
    stage.set('waits')
    const connection = await stage.wire()
    connection.send(requestText('/export'))
    await stage.until(() => stage.records('data_export').length === 1)
    connection.socket.destroy()
    await stage.until(() => stage.lines().length === 1)
    stage.set('works')
    stage.refuse()
    expect((await stage.onlyLine()).http.completion).toBe('aborted')
    expect(ran).toBe(false)
  })

  behaviour(
    'a client that leaves while its attempt waits is one aborted line, attempt and result',
    async ({ open }) => {
      const stage = await open({ routes: [exporting(() => undefined)] })
      stage.set('waits')
      const connection = await stage.wire()
      connection.send(requestText('/export'))
      await stage.until(() => stage.records('data_export').length === 1)
      connection.socket.destroy()
      await stage.until(() => stage.lines().length === 1)
      stage.set('works')
      stage.release()
      const line = await stage.onlyLine()
      expect(line.http.completion).toBe('aborted')
      expect(stage.records('data_export')).toMatchObject([{ phase: 'attempt' }, { phase: 'result' }])
    },
  )
}
