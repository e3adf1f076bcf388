/**
 * Every event this trail knows, as data: the one source of types, documentation, projections and SIEM codes.
 *
 * The rows stand in `catalogue-*.ts`, one file per group. A code is never changed and never given to another event: rules in
 * other people's systems match on it (`test/vectors/event-codes.json` holds them fast). `defineEvents()` adds an
 * application's own.
 */
import { accountEvents } from './catalogue-account.ts'
import { authnEvents } from './catalogue-authn.ts'
import { authzEvents } from './catalogue-authz.ts'
import { codeEvents } from './catalogue-code.ts'
import { dataEvents } from './catalogue-data.ts'
import { governanceEvents } from './catalogue-governance.ts'
import { configEvents, keysEvents } from './catalogue-keys.ts'
import { metaEvents } from './catalogue-meta.ts'
import { alertEvents, evidenceEvents } from './catalogue-response.ts'
import { securityEvents } from './catalogue-security.ts'
import { applicationEvents, integrationEvents, systemEvents } from './catalogue-system.ts'
import type { EventDefinition, Outcome } from './event.ts'

/** Event definitions by name. */
export type Catalogue = Readonly<Record<string, EventDefinition>>

/** The events every application has. Frozen. */
export const catalogue = Object.freeze({
  ...authnEvents,
  ...accountEvents,
  ...authzEvents,
  ...dataEvents,
  ...keysEvents,
  ...configEvents,
  ...governanceEvents,
  ...securityEvents,
  ...systemEvents,
  ...applicationEvents,
  ...integrationEvents,
  ...codeEvents,
  ...metaEvents,
  ...alertEvents,
  ...evidenceEvents,
} as const satisfies Catalogue)

/** The built-in events with their reasons and metadata, for the types of `record()`. */
export type BuiltInEvents = typeof catalogue
export type BuiltInEvent = keyof BuiltInEvents

/** Names that callers may still use for an event; records carry the event's own name. */
export const aliases = Object.freeze({
  LOGIN: 'login_success',
  LOGOUT: 'logout',
  VIEW_RECORD: 'data_access',
  UPDATE_PROFILE: 'data_update',
  EXPORT_DATA: 'data_export',
} as const satisfies Record<string, BuiltInEvent>)

export type Aliases = typeof aliases

/** An event's own name for what a caller wrote, and its definition; undefined where nobody knows the name. */
export function findEvent(
  events: Catalogue,
  written: string,
): { type: string; definition: EventDefinition } | undefined {
  // Own properties only: `constructor` and `__proto__` are names an attacker can send.
  const type = Object.hasOwn(aliases, written) ? aliases[written as keyof Aliases] : written
  const definition = Object.hasOwn(events, type) ? events[type] : undefined
  return definition && { type, definition }
}

const outcomeLetters = { success: 'S', failure: 'F', denied: 'D', unknown: 'U' } as const

/** The code that SIEM rules match: the event's code and the outcome's letter, for example `ATN002F`. */
export function eventCode(definition: EventDefinition, outcome: Outcome): string {
  return definition.code + outcomeLetters[outcome]
}
