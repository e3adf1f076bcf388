/** What must not compile into a log message, checked by tsc: whatever may hold a text that somebody else wrote. */
import { Message, msg } from './message.ts'
import { asId } from './record-call.ts'
import type { Personal, Secret } from './secret.ts'

declare const text: string
declare const optional: string | undefined
declare const anything: ReturnType<typeof JSON.parse>
declare const unknown: unknown
declare const error: Error
declare const secret: Secret<string>
declare const personal: Personal<string>
declare const count: number
declare const format: 'csv' | 'pdf'
declare const mixed: 'csv' | (string & {})
declare const list: string[]
const Ward = { North: 'north' } as const

// What is meant to compile.
msg`letters sent`
msg`retry ${count} of ${5} (${true}, ${10n})`
msg`export as ${format} or ${'xml'} in ${Ward.North}`
msg`ward ${asId(text)} is full`
msg`${msg`one`} and ${msg`two`}`

// @ts-expect-error a text
msg`hello ${text}`
// @ts-expect-error a text that may be missing
msg`hello ${optional}`
// @ts-expect-error a text with a beginning
msg`hello ${`user ${text}` as const}`
// @ts-expect-error a list that any text can join
msg`hello ${mixed}`
// @ts-expect-error any
msg`hello ${anything}`
// @ts-expect-error unknown
msg`hello ${unknown}`
// @ts-expect-error an error
msg`failed: ${error}`
// @ts-expect-error an error's message
msg`failed: ${error.message}`
// @ts-expect-error a secret
msg`with ${secret}`
// @ts-expect-error an opened secret
msg`with ${secret.expose('no reason')}`
// @ts-expect-error something about a person
msg`for ${personal}`
// @ts-expect-error a list
msg`for ${list}`
// @ts-expect-error an object
msg`for ${{ count }}`
// @ts-expect-error a date
msg`at ${new Date()}`
// @ts-expect-error a text, as a function and not as a tag
msg(text)
// @ts-expect-error a list of texts
msg([text])
// @ts-expect-error a message of one's own
new Message(text)
