/** The survival matrix where the client, or the server, gives up before the answer is out. */
import type { IncomingMessage } from 'node:http'
import { expect } from 'vitest'
import type { Call, Route } from './application.ts'
import { idsIn, requestText } from './client.ts'
import { Seen } from './seen.ts'
import type { Behaviour } from './suite.ts'

/** A route that begins its answer, or does not, and never ends it; what listens is in `watch`. */
function openEnded(begin: boolean, watch: (call: Call) => void): Route {
  return {
    path: '/open',
    handle: (call) => {
      const res = call.raw()
      watch(call)
      res.on('error', () => undefined)
      if (begin) res.write('the beginning')
    },
  }
}

export function survivalOfDepartures(behaviour: Behaviour): void {
  for (const [when, begin] of [
    ['before the headers', false],
    ['in the middle of the body', true],
  ] as const) {
    behaviour(`in 'close' and 'aborted' when the client leaves ${when}`, async ({ open }) => {
      const seen = new Seen()
      let reached = false
      const watch = (call: Call): void => {
        call.req.on('aborted', () => seen.at('aborted'))
        call.req.on('close', () => seen.at('req close'))
        call.res.on('close', () => seen.at('res close'))
        reached = true
      }
      const early = (req: IncomingMessage): void => void req.on('close', () => seen.at('early close'))
      const stage = await open({ routes: [openEnded(begin, watch)], before: early })
      const connection = await stage.wire()
      connection.send(requestText('/open'))
      await (begin ? connection.until(/the beginning/) : stage.until(() => reached))
      connection.reset()
      await stage.until(() => stage.lines().length > 0)
      const line = await stage.onlyLine()
      seen.expectOnly(line.request_id, 'aborted', 'req close', 'res close', 'early close')
    })
  }

  behaviour("in the framework's own hook for a client that left", async ({ open, harness }) => {
    const seen = new Seen()
    let reached = false
    const watch = (): void => {
      reached = true
    }
    const stage = await open({ routes: [openEnded(false, watch)], observe: (hook) => seen.at(hook) })
    const connection = await stage.wire()
    connection.send(requestText('/open'))
    await stage.until(() => reached)
    connection.reset()
    await stage.until(() => stage.lines().length > 0)
    const line = await stage.onlyLine()
    for (const ids of seen.places.values()) expect(new Set(ids)).toEqual(new Set([line.request_id]))
    if (harness.hooks.aborted !== undefined) expect([...seen.places.keys()]).toContain(harness.hooks.aborted)
  })

  behaviour('when the server gives an idle connection up', async ({ open, harness }) => {
    const seen = new Seen()
    const watch = (call: Call): void => {
      call.res.on('close', () => seen.at('res close'))
      call.req.on('close', () => seen.at('req close'))
    }
    const handle = (call: Call): Promise<void> => {
      watch(call)
      return new Promise(() => undefined)
    }
    const stage = await open({ routes: [{ path: '/open', handle }], observe: (hook) => seen.at(hook) })
    stage.server.setTimeout(60)
    const connection = await stage.wire()
    connection.send(requestText('/open'))
    await connection.closed()
    await stage.until(() => stage.lines().length > 0)
    const line = await stage.onlyLine()
    for (const [place, ids] of seen.places) expect([place, ...new Set(ids)]).toEqual([place, line.request_id])
    for (const place of ['res close', 'req close', harness.hooks.timedOut ?? 'res close']) {
      expect([...seen.places.keys()]).toContain(place)
    }
  })

  behaviour("a 'clientError' listener is given no other request's context", async ({ open }) => {
    const seen = new Seen()
    const stage = await open({ routes: [{ path: '/ok', handle: (call) => call.answer(200, 'ok') }] })
    const ended = new Promise<void>((resolve) => {
      stage.server.prependListener('clientError', (_error, socket) => {
        seen.at('clientError')
        if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
        resolve()
      })
    })
    const connection = await stage.wire()
    connection.send(requestText('/ok'))
    const [id = ''] = idsIn(await connection.until(/ok$/))
    connection.send('this is no HTTP\r\n\r\n')
    await ended
    await connection.closed()
    expect(seen.places.get('clientError')).not.toContain(id)
    await stage.onlyLine()
  })
}
