/**
 * Replaces Express's last word on a request, and nothing else of it.
 *
 * Express answers an error nobody handled with its stack and prints it to stderr. Both happen in a final handler that
 * `app.handle` makes when it is called without a callback; wrapping that one method therefore replaces exactly the final
 * handler. The application's own error handlers still run first, wherever and whenever they were registered, and an
 * application that somebody else calls with a callback (mounted, or under connect) is left to that caller.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { improveLayers } from './layer-errors.ts'
import { type Application, routerOf } from './stack.ts'

/** How a request ends that the application did not answer. */
export interface LastWord {
  error(error: unknown, req: IncomingMessage, res: ServerResponse): void
  notFound(req: IncomingMessage, res: ServerResponse): void
  /** Asked before anything of the application runs: true for a request that was answered already, as one that must not reach it. */
  keepOut(req: IncomingMessage, res: ServerResponse, app: Application | undefined): boolean
}

const takenOver = new WeakSet<Application>()

/** Whether `takeOver` was called for this application. */
export function isTakenOver(app: Application): boolean {
  return takenOver.has(app)
}

/**
 * From the next request on, `lastWord` answers what `app` did not. Taking over twice changes nothing. `begun` is told each
 * request that will have its last word from here.
 */
export function takeOver(app: Application, lastWord: LastWord, begun?: WeakSet<IncomingMessage>): void {
  if (takenOver.has(app)) return
  takenOver.add(app)
  improveLayers(app)
  const { handle } = app
  app.handle = function handleWithLastWord(req, res, callback) {
    if (lastWord.keepOut(req, res, this)) return
    begun?.add(req)
    const done = callback ?? ((error) => (error ? lastWord.error(error, req, res) : lastWord.notFound(req, res)))
    handle.call(this, req, res, done)
  }
}

/**
 * Takes over an application that is already handling requests: those have their final handler already. For them alone an
 * error layer goes to the end of the stack, which the router reads live; its 404 stays Express's own.
 */
export function takeOverRunning(app: Application, lastWord: LastWord): void {
  if (takenOver.has(app)) return
  const begun = new WeakSet<IncomingMessage>()
  takeOver(app, lastWord, begun)
  routerOf(app)?.use((error, req, res, next) => {
    if (begun.has(req)) next(error)
    else lastWord.error(error, req, res)
  })
}
