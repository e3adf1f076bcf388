/**
 * What we use of `node:http`, taken without importing it: an import reads every name that the module exports, and behind two of
 * them stands all of `fetch`. That costs each start 12 ms, where the application has no use for it.
 */
import type * as Http from 'node:http'

export const { Agent, ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')

export type Agent = Http.Agent
export type ClientRequest = Http.ClientRequest
export type IncomingMessage = Http.IncomingMessage
export type OutgoingMessage = Http.OutgoingMessage
export type ServerResponse = Http.ServerResponse
