/** An application whose audit is given an option that does not exist. */
import { createAudit } from '@trailmark/core'

export const audit = Reflect.apply(createAudit, undefined, [{ dta: { tables: {} } }])
