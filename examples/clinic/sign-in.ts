import { randomBytes } from 'node:crypto'
import { auditPassport } from '@trailmark/integrations/passport'
import type { Request } from 'express'
import { Passport, Strategy } from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import { people } from './people.ts'
import type { Identity } from './service.ts'

/** Who people are: a password once, and from then on the session it was exchanged for. Passport does both, and both are on record. */
const sessions = new Map<string, Identity>()

class BearerStrategy extends Strategy {
  override readonly name = 'bearer'

  override authenticate(req: Request): void {
    const session = /^Bearer ([\w-]{1,64})$/.exec(req.headers.authorization ?? '')?.[1]
    const user = session === undefined ? undefined : sessions.get(session)
    if (user === undefined) this.fail(401)
    else this.success(user)
  }
}

export const passport = auditPassport(new Passport())

passport.use(new BearerStrategy())
passport.use(
  new LocalStrategy({ usernameField: 'name', session: false }, (name, password, done) => {
    const person = people.find((one) => one.name === name)
    if (person?.password === password) done(null, { id: person.id, roles: person.roles })
    else done(null, false)
  }),
)

/** A session for somebody who has proved who they are. */
export function openSession(user: Identity): string {
  const session = randomBytes(24).toString('base64url')
  sessions.set(session, user)
  return session
}
