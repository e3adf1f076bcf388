/** What may be written of a value, and how to say what a value is. */
import { createAudit, defineEvents, flag, msg, personal, personalField, scrub, secret } from '@trailmark/core'
import { auditedPino } from '@trailmark/integrations/pino'

const events = defineEvents({
  letter_sent: {
    code: 'CLN001',
    category: 'data',
    action: 'create',
    metadata: { urgent: flag, recipient: personalField() }, // sealed for the person it is about
  },
})
const audit = createAudit({ service: 'clinic', events, ledger: 'memory', operational: 'none' })
const log = auditedPino({ audit })

const key = secret(process.env['LETTERS_KEY'] ?? 'made-up-key')
const request = { ward: 'north', authorization: 'Bearer abc.def', note: 'call ann@clinic.example', visits: 3 }

console.log(JSON.stringify(scrub(request)))
log.info({ request, key }, msg`letters sent: ${request.visits}`)
log.error(new Error(`no letter for ${request.note}`), 'sending failed')
audit.record('letter_sent', { subjects: ['pat_42'], metadata: { urgent: true, recipient: personal('Ann Example') } })
await audit.close()
