/** What the three services have in common. */
import type { Server } from 'node:http'
import type { Audit } from '@trailmark/core'

export const loopback = '127.0.0.1'
export const bodyBytesMax = 1_048_576

/** Sends `body` as JSON with POST and resolves when the answer has arrived whole. */
export type Send = (url: string, body: unknown) => Promise<void>

export interface Service {
  readonly audit: Audit
  readonly send: Send
}

/** Starts one framework's server; resolves once it listens, rejects when it cannot. */
export type Serve = (service: Service, port: number) => Promise<Server>

/** Makes the calls that a request asks for, one after the other. Throws a TypeError for what is no list of calls. */
export async function makeCalls(asked: unknown, send: Send): Promise<void> {
  if (!Array.isArray(asked)) throw new TypeError('not a list')
  for (const call of asked) await send(urlOf(call), argumentsOf(call))
}

function urlOf(call: unknown): string {
  const url: unknown = typeof call === 'object' && call !== null ? Reflect.get(call, 'url') : undefined
  if (typeof url !== 'string') throw new TypeError('a call has no url')
  return url
}

function argumentsOf(call: object): unknown {
  return Reflect.get(call, 'arguments') ?? []
}
