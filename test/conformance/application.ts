/**
 * An application in the suite's own words, and what the suite asks of a framework: to serve it.
 *
 * A harness translates once, so that a behaviour is written once: routes, body parsers, authentication and error handling as
 * that framework's users would write them, with the audit mounted first and nothing else done to it.
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Audit } from '@trailmark/core'
import type { AccessVerb } from '@trailmark/core/http'

/** One request, as a route's handler sees it. */
export interface Call {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string>>
  /** What a body parser left: JSON, or the fields of a multipart form. */
  readonly body: unknown
  /** Answers by the framework's own means. An object is sent as JSON. */
  answer(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): void
  /** Answers with a stream by the framework's own means; its failure is the framework's to handle. */
  stream(body: Readable): void
  /** Answers with a file by the framework's own means, where it has some. */
  file?(path: string): void
  /** Leaves whom the application let in where the framework keeps the user; `undefined` after a logout. */
  signIn?(user: unknown): void
  /** Takes the raw response over: the framework answers nothing from here on. */
  raw(): ServerResponse
}

export interface Access {
  readonly verb: AccessVerb
  readonly resource: string
  readonly id?: (call: Pick<Call, 'req' | 'params'>) => unknown
  readonly subject?: (call: Pick<Call, 'req' | 'params'>) => unknown
  readonly volume?: () => unknown
  readonly metadata?: () => unknown
  readonly purpose?: string
  readonly permission?: string
  readonly ticket?: string
  readonly legalBasis?: string
  /** In place of `purpose`: asked of the request. */
  readonly purposeFrom?: (call: Pick<Call, 'req' | 'params'>) => unknown
  readonly event?: string
}

/** A login route, in the words of `audited.login()`. */
export interface Login {
  readonly method?: string
  readonly user?: (call: Pick<Call, 'req' | 'body'>) => unknown
  readonly failed?: (call: Pick<Call, 'res'>) => unknown
  readonly reason?: () => unknown
}

/** Any other event, in the words of `audited.event()`. */
export interface DeclaredEvent {
  readonly type: string
  readonly targets?: () => unknown
  readonly subject?: (call: Pick<Call, 'req' | 'params'>) => unknown
  readonly reason?: () => unknown
  readonly changes?: () => unknown
  readonly metadata?: () => unknown
  readonly failed?: (call: Pick<Call, 'res'>) => unknown
}

export interface Route {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  readonly path: string
  /** Template of the router it is mounted in: `/wards/:ward`. */
  readonly under?: string
  readonly access?: Access
  /** At most one of these and `access`. */
  readonly login?: Login
  readonly logout?: true
  readonly event?: DeclaredEvent
  readonly handle: (call: Call) => unknown
}

export interface Application {
  readonly audit: Audit
  readonly routes: readonly Route[]
  /** Mounts the audit a second time, behind the first. */
  readonly twice?: boolean
  /** Runs before the audit is mounted: what listens there listens without a context. */
  readonly before?: (req: IncomingMessage, res: ServerResponse) => void
  /** The application's authentication: what it leaves where the framework keeps the user. Runs after the audit. */
  readonly user?: (req: IncomingMessage) => unknown
  /** The application's own error handler, registered as its framework wants it: answers 418 with this text. */
  readonly ownErrors?: string
  /** Largest body the parsers accept. */
  readonly bodyBytesMax?: number
  /**
   * Called in every hook of the framework that can see a request end or fail, with the hook's name, and in the application's
   * `own error handler`.
   */
  readonly observe?: (hook: string, req: IncomingMessage) => void
  /** Where the framework's own logger writes, for a framework that has one. */
  readonly frameworkLog?: (line: string) => void
  readonly server?: ServerOptions
}

export interface Serving {
  readonly server: Server
  readonly port: number
  /** Destroys what is still open and resolves when the server is gone. */
  close(): Promise<void>
}

export interface Harness {
  serve(app: Application): Promise<Serving>
  /** Hooks that `observe` is called from when a handler fails, a client leaves, a connection is idle for too long. */
  readonly hooks: {
    readonly failed?: string
    readonly aborted?: string
    readonly timedOut?: string
    readonly done?: string
  }
}
