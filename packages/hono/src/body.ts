/**
 * Streams that are sent as an answer, read inside the request they belong to.
 *
 * node-server reads a body after the application has returned, outside of every request, and answers a stream that fails with
 * the error's own message. So a body that is a stream is handed to it through one of ours: each read runs in the request's
 * context, and a failure is told to the exchange and ends there. Every other body keeps node-server's fast path.
 */
import type { Exchange } from '@trailmark/core/http'
import type { Context } from 'hono'
import type { NodeExchange } from './node-request.ts'

/** Does nothing where the answer is no stream. */
export function readInside(c: Context, exchange: Exchange, node: NodeExchange): void {
  const body = streamOf(c.res)
  if (body === undefined || body.locked) return
  c.res = new Response(inside(body, exchange, node), c.res)
}

/** To ask a light response of node-server's for its body would make it a heavy one, so what it was made of is looked at. */
function streamOf(response: Response): ReadableStream<Uint8Array> | undefined {
  const light = Object.getOwnPropertySymbols(response).find((one) => one.description === 'cache')
  const made: unknown = light === undefined ? undefined : Reflect.get(response, light)
  const body: unknown = Array.isArray(made) ? made[1] : response.body
  return body instanceof ReadableStream ? body : undefined
}

function inside(body: ReadableStream<Uint8Array>, exchange: Exchange, node: NodeExchange): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        exchange.run(async () => {
          try {
            const { done, value } = await reader.read()
            if (done) controller.close()
            else controller.enqueue(value)
          } catch (error) {
            endHere(error, exchange, node)
            // To fail this stream would have node-server print the error. It cancels the stream once the response is closed.
            await new Promise(() => undefined)
          }
        }),
      cancel: (reason) => exchange.run(() => reader.cancel(reason)),
    },
    { highWaterMark: 0 },
  )
}

/** Cuts the connection, or, where no header is out yet, answers a problem and lets node-server write nothing more. */
function endHere(error: unknown, exchange: Exchange, { res }: NodeExchange): void {
  const early = !res.headersSent
  exchange.answerError(error)
  if (!early) return
  Object.defineProperties(res, {
    writeHead: { value: () => res },
    write: { value: () => true },
    end: { value: () => res },
  })
}
