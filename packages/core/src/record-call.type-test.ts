/**
 * What must not compile, checked by tsc: every expected error below is one way in which something private once reached a log.
 *
 * Nothing here runs. An expectation that no longer fails is itself an error, so a loosened type cannot go unnoticed.
 */
import type { catalogue } from './catalogue.ts'
import { integer, masked, oneOf, personalField, token } from './catalogue-kinds.ts'
import { defineEvents } from './define-events.ts'
import type { EventInput } from './event.ts'
import type { Receipt } from './receipt.ts'
import { asId, type RecordCall } from './record-call.ts'
import type { Personal, Secret } from './secret.ts'

declare const record: RecordCall<typeof catalogue>
declare const text: string
declare const sha: string
declare const number: number
declare const anything: ReturnType<typeof JSON.parse>
declare const error: Error
declare const request: Request
declare const headers: Headers
declare const secret: Secret<string>
declare const personal: Personal<string>
declare const map: Map<string, string>
declare const response: Response
declare const mode: 'csv' | 'pdf'
declare const user: { id: string; email: string; passwordHash: string }

// What is meant to compile.
record('login_failure', { actor: { id: text }, reason: 'invalid_password', metadata: { attempt_count: 3 } })
record('login_success')
record('LOGIN', { metadata: { method: 'password' } })
record('deployment', { metadata: { commit: asId(sha), previous_commit: 'a1b2c3d', environment: 'production' } })
record('suspicious_pattern_detected', { reason: 'xss', metadata: { value: text, blocked: true } })
record('data_access', {
  targets: [{ type: 'patient', id: text }],
  subjects: [text],
  volume: { records: number },
  request,
  occurredAt: new Date(),
})
record('clock_jump', { metadata: { jump_ms: -1, direction: 'backward' } })
record('alert_raised', { metadata: { since: new Date() } })
record('data_update', { changes: [{ field: 'diagnosis', op: 'replace', before: text, after: text }] })
record('data_update', { changes: [{ field: 'date_of_birth', op: 'replace' }] })

// Names.
// @ts-expect-error an event nobody defined
record('login_failed')
// @ts-expect-error a name that is only known at run time
record(text)

// The event as a whole.
// @ts-expect-error any as the event
record('login_failure', anything)
// @ts-expect-error an error as the event
record('application_error', error)
// @ts-expect-error a request as the event
record('login_failure', request)
// @ts-expect-error free text as the event
record('login_failure', 'wrong password for ann@example.org')
// @ts-expect-error a field that events do not have
record('login_failure', { message: 'wrong password' })
// @ts-expect-error a misspelt field beside a right one
record('login_failure', { reason: 'expired', meta: { attempt_count: 1 } })
// @ts-expect-error a body
record('data_create', { actor: { id: text }, body: { name: text } })

// Reasons and other closed lists.
// @ts-expect-error another event's reason
record('login_failure', { reason: 'missing_role' })
// @ts-expect-error free text as a reason
record('login_failure', { reason: text })
// @ts-expect-error any as a reason
record('login_failure', { reason: anything })
// @ts-expect-error a reason where the event has none
record('login_success', { reason: 'expired' })
// @ts-expect-error an outcome that does not exist
record('login_failure', { outcome: 'failed' })
// @ts-expect-error an outcome from a variable of any text
record('login_failure', { outcome: text })
// @ts-expect-error any as an outcome
record('login_failure', { outcome: anything })
// @ts-expect-error a severity that does not exist
record('login_failure', { severity: 7 })

// Metadata.
// @ts-expect-error a key that the event does not declare
record('login_failure', { metadata: { password: 'x' } })
// @ts-expect-error an undeclared key beside a declared one
record('login_failure', { metadata: { attempt_count: 1, user_name: text } })
// @ts-expect-error any key where the event has no metadata at all
record('http_request', { metadata: { url: '/patients/7' } })
// @ts-expect-error any text where a closed list is due
record('login_failure', { metadata: { method: text } })
// @ts-expect-error a word outside the closed list
record('login_failure', { metadata: { method: 'telepathy' } })
// @ts-expect-error any text where an identifier is due
record('deployment', { metadata: { commit: sha } })
// @ts-expect-error text where a number is due
record('login_failure', { metadata: { attempt_count: '3' } })
// @ts-expect-error a number where yes or no is due
record('login_success', { metadata: { remembered: 1 } })
// @ts-expect-error any as a value
record('login_failure', { metadata: { attempt_count: anything } })
// @ts-expect-error any as the metadata
record('login_failure', { metadata: anything })
// @ts-expect-error an error as a value
record('application_error', { metadata: { error_type: error } })
// @ts-expect-error an error as the metadata
record('application_error', { metadata: error })
// @ts-expect-error a header object as the metadata
record('login_failure', { metadata: headers })
// @ts-expect-error a request as a value
record('invalid_token_presented', { metadata: { scheme: request } })
// @ts-expect-error a buffer as a value, even where any text is welcome because it becomes a token
record('new_device_seen', { metadata: { device: Buffer.from('x') } })
// @ts-expect-error a buffer as the metadata
record('new_device_seen', { metadata: Buffer.from('x') })
// @ts-expect-error a secret
record('new_device_seen', { metadata: { device: secret } })
// @ts-expect-error something about a person, where no field was declared for it
record('new_device_seen', { metadata: { device: personal } })
// @ts-expect-error a secret where an identifier is due
record('deployment', { metadata: { commit: secret } })
// @ts-expect-error a secret as the metadata
record('login_failure', { metadata: secret })
// @ts-expect-error a secret as the event
record('login_failure', secret)
// @ts-expect-error a secret as the actor's identifier
record('login_success', { actor: { id: secret } })
// @ts-expect-error a person's name as the reason
record('login_failure', { reason: personal })
// @ts-expect-error text glued to an identifier
record('deployment', { metadata: { commit: `sha-${text}` } })
// @ts-expect-error text glued together where a list is closed
record('deployment', { metadata: { environment: `prod-${text}` } })
// @ts-expect-error a date where no time is due
record('login_failure', { metadata: { attempt_count: new Date() } })
// @ts-expect-error a date where an identifier is due
record('deployment', { metadata: { commit: new Date() } })
// @ts-expect-error a function, called or not
record('login_failure', { metadata: { attempt_count: () => 3 } })
// @ts-expect-error a bigint
record('login_failure', { metadata: { attempt_count: 3n } })
// @ts-expect-error a symbol
record('login_failure', { metadata: { method: Symbol('password') } })
// @ts-expect-error a response as a value
record('invalid_token_presented', { metadata: { scheme: response } })
// @ts-expect-error a map as the metadata
record('login_failure', { metadata: map })
// @ts-expect-error a list of pairs as the metadata
record('login_failure', { metadata: [['attempt_count', 3]] })
// @ts-expect-error a promise
record('login_failure', { metadata: { attempt_count: Promise.resolve(3) } })
// @ts-expect-error an undeclared key that arrives by spreading
record('login_failure', { metadata: { attempt_count: 1, ...user } })
// @ts-expect-error a caught error, of which nothing is known
record('application_error', { metadata: { error_type: Object(error) as unknown } })
// @ts-expect-error null is not a value
record('login_failure', { metadata: { attempt_count: null } })
// @ts-expect-error a nested object
record('login_failure', { metadata: { attempt_count: { value: 1 } } })
// @ts-expect-error a list
record('login_failure', { metadata: { method: ['password'] } })

// People and things.
// @ts-expect-error a whole user, with more than an identifier
record('login_success', { actor: user })
// @ts-expect-error any as the actor
record('login_success', { actor: anything })
// @ts-expect-error any as the actor's identifier
record('login_success', { actor: { id: anything } })
// @ts-expect-error an actor's field that does not exist
record('login_success', { actor: { id: text, email: text } })
// @ts-expect-error a target without a type
record('data_access', { targets: [{ id: text }] })
// @ts-expect-error a target's content
record('data_access', { targets: [{ type: 'patient', name: text }] })
// @ts-expect-error any among the targets
record('data_access', { targets: [anything] })
// @ts-expect-error people as objects
record('data_access', { subjects: [user] })
// @ts-expect-error any as the subjects
record('data_access', { subjects: anything })
// @ts-expect-error a changed value instead of an operation
record('data_update', { changes: [{ field: 'diagnosis', value: text }] })
// @ts-expect-error any as a change
record('data_update', { changes: [anything] })
// @ts-expect-error a value that is guessed from its token, before the change
record('data_update', { changes: [{ field: 'date_of_birth', op: 'replace', before: text }] })
// @ts-expect-error and after it
record('data_update', { changes: [{ field: 'is_pregnant', op: 'replace', after: text }] })
// @ts-expect-error a secret as a changed value
record('password_change', { changes: [{ field: 'password', op: 'replace', after: secret }] })
// @ts-expect-error any in a decision
record('authz_deny', { decision: { effect: anything } })
// @ts-expect-error the rows instead of their number
record('data_export', { volume: { records: [user] } })
// @ts-expect-error any as the purpose
record('data_export', { purpose: anything })

// Events of an application's own are checked the same way.
const own = defineEvents({
  ward_transferred: {
    code: 'CLN001',
    category: 'data',
    action: 'update',
    reasons: ['full', 'isolation'],
    metadata: {
      beds: integer(0, 50),
      ward: oneOf('north', 'south'),
      device: token('device'),
      contact: masked('email'),
      relative: personalField(),
    },
  },
})
declare const ownRecord: RecordCall<typeof catalogue & typeof own>
ownRecord('ward_transferred', { reason: 'full', metadata: { beds: 1, ward: 'north', device: text } })
ownRecord('login_failure', { reason: 'expired' })
ownRecord('ward_transferred', { metadata: { relative: personal, contact: text } })
ownRecord('ward_transferred', { metadata: { relative: text } })
// @ts-expect-error a secret in a field for a person
ownRecord('ward_transferred', { metadata: { relative: secret } })
// @ts-expect-error a number in a field for a person
ownRecord('ward_transferred', { metadata: { relative: number } })
// @ts-expect-error something about a person where only a mask is declared
ownRecord('ward_transferred', { metadata: { contact: personal } })
// @ts-expect-error an undeclared key
ownRecord('ward_transferred', { metadata: { patient: text } })
// @ts-expect-error a word outside the closed list
ownRecord('ward_transferred', { metadata: { ward: 'east' } })
// @ts-expect-error another event's reason
ownRecord('ward_transferred', { reason: 'invalid_password' })
// @ts-expect-error a reason where none was defined
ownRecord('login_success', { reason: 'full' })
// @ts-expect-error a category that does not exist
defineEvents({ bad_category: { code: 'CLN002', category: 'wards', action: 'update' } })
// @ts-expect-error a kind that would hold free text
defineEvents({ free: { code: 'CLN003', category: 'data', action: 'update', metadata: { note: { kind: 'text' } } } })
// @ts-expect-error a token of something that is guessed in an afternoon
token('date_of_birth')
// @ts-expect-error in whatever name
token('user_pin')
// @ts-expect-error a yes or no
token('is_smoker')
// @ts-expect-error a mask nobody wrote
masked('name')
token('device_pinned')
const row = { category: 'data', action: 'update' } as const
// @ts-expect-error a guessable field under a harmless purpose
defineEvents({ born: { ...row, code: 'CLN004', metadata: { birth_date: token('patient') } } })
// @ts-expect-error a harmless field with a guessable purpose, written by hand
defineEvents({ coded: { ...row, code: 'CLN005', metadata: { code: { kind: 'token', purpose: 'pin' } } } })
defineEvents({ named: { ...row, code: 'CLN006', metadata: { birth_date: personalField(), page: token('page') } } })
record('data_export', { metadata: { format: mode } })

/** Whoever knows more events may be used by whoever knows fewer: adapters take any audit. */
export const widened: RecordCall<typeof catalogue> = ownRecord

/** What stands behind the call takes any event: the types are for callers. */
declare const behind: (type: string, event?: EventInput) => Receipt
export const implemented: RecordCall<typeof catalogue> = behind
