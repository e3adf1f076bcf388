/**
 * What must not compile in a question of `audit.authorize()`, checked by tsc. Nothing here runs; an expectation that no longer
 * fails is itself an error.
 */
import type { AuthorizeCall } from './authorize.ts'

declare const authorize: AuthorizeCall
declare const text: string
declare const yes: boolean
declare const anything: ReturnType<typeof JSON.parse>
declare const error: Error
declare const request: Request

// What is meant to compile.
const now: boolean = authorize({ permission: text }, () => yes)
const later: Promise<boolean> = authorize({ permission: 'patients:read' }, async () => yes)
const either: boolean | Promise<boolean> = authorize({ permission: text }, () => (yes ? yes : Promise.resolve(yes)))
const judged: boolean = authorize(
  { permission: text, policyId: 'p', policyVersion: '3', roles: [text], subjects: [text], request },
  () => ({ allowed: yes, reason: 'not_owner', policyId: text, roles: [text], rule: 'r1' }),
)
authorize({ permission: text, targets: [{ type: 'patient', id: text, class: 'health' }] }, () => false)
export const used = [now, later, either, judged]

// The question.
// @ts-expect-error no permission
authorize({}, () => true)
// @ts-expect-error a member nobody knows
authorize({ permission: text, user: text }, () => true)
// @ts-expect-error any as the question
authorize(anything, () => true)
// @ts-expect-error any as a member
authorize({ permission: text, policyId: anything }, () => true)
// @ts-expect-error any among the targets
authorize({ permission: text, targets: [{ type: 'patient', id: anything }] }, () => true)
// @ts-expect-error a target with a member nobody knows
authorize({ permission: text, targets: [{ type: 'patient', name: text }] }, () => true)
// @ts-expect-error an error as the question
authorize(error, () => true)

// The answer.
// @ts-expect-error no answer
authorize({ permission: text }, () => undefined)
// @ts-expect-error a promise of no answer
authorize({ permission: text }, async () => undefined)
// @ts-expect-error a text
authorize({ permission: text }, () => text)
// @ts-expect-error any
authorize({ permission: text }, () => anything)
// @ts-expect-error a promise of any
authorize({ permission: text }, async () => anything)
// @ts-expect-error a reason that is not in the catalogue
authorize({ permission: text }, () => ({ allowed: false, reason: 'because' }))
// @ts-expect-error a promise is no boolean
export const wrong: boolean = authorize({ permission: text }, async () => true)
