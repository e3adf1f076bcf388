import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { testAudit } from '../testing.ts'
import { atEnd, type ExchangeEnd } from './at-end.ts'
import { exchangeOf } from './exchange.ts'
import { followRequest } from './follow.ts'

test('work waits for the end of the exchange, is told how it ended, and comes before what the answer owes', async () => {
  const audit = testAudit()
  const ends: ExchangeEnd[] = []
  const later: boolean[] = []
  const server = createServer((req, res) => {
    const exchange = followRequest(audit, req, res, { route: () => '/', actor: () => undefined })
    exchange.run(() => {
      atEnd((end) => {
        ends.push(end)
        audit.record('login_failure', { reason: 'invalid_password' })
        later.push(atEnd(() => undefined))
      })
      atEnd(() => {
        throw new Error('deliberate')
      }, req)
      atEnd((end) => ends.push(end), req)
      res.writeHead(401).end()
    })
    res.once('close', () => later.push(exchangeOf(req) !== undefined && atEnd(() => ends.push({}), req)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await new Promise<void>((resolve) => {
    get({ port: (server.address() as AddressInfo).port, agent: false }, (res) => res.resume().once('close', resolve))
  })
  await new Promise((resolve) => server.close(resolve))
  const end = { status: 401, completion: 'completed' }
  expect(ends).toEqual([end, end])
  expect(later).toEqual([false, false])
  expect(audit.records.map((one) => one.event_type)).toEqual(['login_failure'])
  await audit.close()
})

test('outside of any exchange nobody is told', () => {
  expect(atEnd(() => expect.unreachable())).toBe(false)
  expect(atEnd(() => expect.unreachable(), {})).toBe(false)
})
