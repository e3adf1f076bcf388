/**
 * A trail as a service leaves it, written as fast as it goes: people read records of patients, some fail to log in, some are denied.
 *
 *     node write-trail.ts <directory> <keys> <records>
 *
 * Prints how many records of each rarer kind there are.
 */
import { createAudit } from '@trailmark/core'

const [, , dir = '', keysDir = '', count = '0'] = process.argv
const people = 1000

const audit = createAudit({ service: 'bench', ledger: 'disk', dir, keysDir, operational: 'none', signals: false })
const written = { login_failure: 0, authz_deny: 0, ofOne: 0 }
for (let i = 0; i < Number(count); i++) {
  const person = Math.floor(people ** ((i * 0.618034) % 1))
  const actor = { id: `usr_${person}` }
  if (person === 500) written.ofOne += 1
  const receipt = record(i, actor)
  if (i % 500 === 499) await receipt.durable
}
await audit.flush()
await audit.close()
process.stdout.write(`${JSON.stringify(written)}\n`, () => process.exit(0))

function record(i: number, actor: { id: string }): { readonly durable: Promise<unknown> } {
  if (i % 100 === 7) {
    written.login_failure += 1
    return audit.record('login_failure', { actor, reason: 'invalid_password', metadata: { attempt_count: 3 } })
  }
  const targets = [{ type: 'patient', id: `pat_${i % 5000}` }]
  if (i % 50 === 11) {
    written.authz_deny += 1
    return audit.record('authz_deny', { actor, targets, reason: 'forbidden' })
  }
  return audit.record('data_access', { actor, targets })
}
