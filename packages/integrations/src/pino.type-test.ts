/** What our loggers take and what they do not, checked by tsc. */
import { asId, msg } from '@trailmark/core'
import type { Logger } from 'pino'
import { type AuditedLogger, literalsOnly } from './pino.ts'

declare const logger: AuditedLogger
declare const text: string
declare const error: Error
declare const anything: ReturnType<typeof JSON.parse>
const literal = literalsOnly(logger)

logger.info(msg`retry ${3}`)
logger.info({ count: 3 }, msg`retry ${3}`)
logger.child({ count: 3 }).error(error, msg`failed in ${asId(text)}`)
logger.info(text)
logger.info({ count: 3 }, 'letters for %s', text)

literal.info('letters sent')
literal.info({ count: 3 }, 'letters sent')
literal.error(error)
literal.error(error, msg`failed ${3} times`)
literal.child({ module: 'billing' }).warn(msg`slow`)
// @ts-expect-error a text
literal.info(text)
// @ts-expect-error a text put together
literal.info(`hello ${text}`)
// @ts-expect-error a text behind the fields
literal.info({ count: 3 }, text)
// @ts-expect-error an error's own words
literal.error(error, error.message)
// @ts-expect-error any
literal.info(anything)
// @ts-expect-error values for placeholders
literal.info('hello %s', text)

/** It goes wherever pino's goes. */
export const pinos: Logger = logger
