/** The same failing application for every framework: `/<place>/<error>` throws that error at that place. */
import type { Server } from 'node:http'
import type { Audit } from '@trailmark/core'
import type { Place } from './places.ts'

export interface Application {
  /** None: what happens without us. */
  readonly audit: Audit | undefined
  /** Where a path wants which error; undefined for paths that want none. */
  readonly wanted: (path: string) => { place: Place; error: unknown } | undefined
}

export type Serve = (application: Application) => Promise<Server>

export const frameworks = ['express-5', 'express-4', 'fastify', 'fastify-logger', 'koa'] as const
export type Framework = (typeof frameworks)[number]
