/** What one finished endpoint of better-auth was, as events of the catalogue. */
import type { ActorInput, Audit, BuiltInEvent, EventInput } from '@trailmark/core'
import { auditFor, claim, recordDynamic } from '@trailmark/core/integration'
import { sessionTarget, tellLogin, tellLoginFailure, tellLogout } from '../authn/tell-login.ts'
import { textOf } from '../authn/text.ts'
import { memberOf } from '../member.ts'
import { type Refused, refusedBy } from './answer.ts'
import { Facts, type SessionFact } from './facts.ts'
import { factorReason, loginReason, logins, passwordReason, quiet, resetReason, secondFactors } from './words.ts'

/** An endpoint that has answered. */
export class Finished {
  readonly #audit: Audit | undefined
  readonly #facts: Facts
  /** Whose password a link is for. */
  readonly #linkOf: string | undefined
  readonly #path: string
  readonly #body: unknown
  readonly #context: unknown
  readonly #params: unknown

  constructor(audit: Audit | undefined, context: unknown, facts: Facts = new Facts(), linkOf?: string) {
    this.#audit = audit
    this.#facts = facts
    this.#linkOf = linkOf
    this.#path = textOf(context, 'path') ?? ''
    this.#body = memberOf(context, 'body')
    this.#params = memberOf(context, 'params')
    this.#context = memberOf(context, 'context')
  }

  /** Records it. Asked when everything that may still change the answer has run. */
  tell(): void {
    const returned = memberOf(this.#context, 'returned')
    const refused = refusedBy(returned)
    this.#tellAccounts(refused)
    if (logins.has(this.#path)) this.#tellLogin(refused, returned)
    else if (secondFactors.has(this.#path)) this.#tellFactor(refused)
    else if (refused === undefined) this.#tellDone()
    this.#tellPasswords(refused)
  }

  #tellAccounts(refused: Refused | undefined): void {
    const byAdmin = this.#path.startsWith('/admin/')
    const social = this.#path.includes('/callback')
    const reason = byAdmin ? 'by_admin' : 'by_user'
    for (const id of this.#facts.created) {
      const actor = byAdmin ? this.#who() : { id }
      const metadata = { origin: byAdmin ? 'admin' : social ? 'sso' : 'signup' }
      this.#record('account_created', { actor: actor ?? {}, subjects: [id], reason, metadata })
    }
    for (const id of this.#facts.deleted)
      this.#record('account_deleted', { actor: this.#who() ?? { id }, subjects: [id], reason })
    if (this.#path === '/sign-up/email' && refused?.code.startsWith('USER_ALREADY_EXISTS') === true) {
      const metadata = { origin: 'signup' }
      this.#record('account_created', {
        actor: this.#claimed(),
        outcome: 'failure',
        reason: 'already_exists',
        metadata,
      })
    }
  }

  #tellLogin(refused: Refused | undefined, returned: unknown): void {
    const method = logins.get(this.#path) ?? 'other'
    const session = this.#newSession()
    if (memberOf(returned, 'twoFactorRedirect') === true) {
      const id = this.#facts.begun.at(-1)?.userId
      // No login yet, and nobody else shall say that it was one.
      claim('login')
      this.#record('mfa_challenge_issued', { actor: id === undefined ? this.#claimed() : { id }, reason: 'login' })
    } else if (session !== undefined) this.#letIn(session, method)
    else if (refused !== undefined && !quiet.has(this.#path))
      tellLoginFailure({ audit: this.#audit, actor: this.#claimed(), method }, loginReason(refused, method))
  }

  #tellFactor(refused: Refused | undefined): void {
    const factor = secondFactors.get(this.#path) ?? 'other'
    const session = this.#newSession()
    const who = this.#who() ?? (session?.userId === undefined ? undefined : { id: session.userId })
    const metadata = { factor }
    if (refused !== undefined)
      this.#record('mfa_challenge_failed', { actor: who ?? {}, reason: factorReason(refused), metadata })
    else if (this.#facts.twoFactor === true)
      this.#record('mfa_enabled', { actor: who ?? {}, reason: 'by_user', metadata })
    else {
      this.#record('mfa_challenge_succeeded', { actor: who ?? {}, metadata })
      if (session !== undefined && this.#facts.begun.length > 0) this.#letIn(session, 'otp')
    }
  }

  #tellDone(): void {
    const { ended, twoFactor } = this.#facts
    const actor = this.#who() ?? {}
    const other = textOf(this.#body, 'userId') ?? ended[0]?.userId
    const subjects = other === undefined ? [] : [other]
    switch (this.#path) {
      case '/sign-out':
        for (const { id, userId } of ended.slice(0, 1))
          if (userId !== undefined) tellLogout({ audit: this.#audit, actor: { id: userId }, sessionId: id })
        break
      case '/revoke-session':
      case '/revoke-sessions':
      case '/revoke-other-sessions':
      case '/multi-session/revoke':
        this.#tellRevoked({ actor, reason: 'by_user' })
        break
      case '/admin/revoke-user-session':
      case '/admin/revoke-user-sessions':
        this.#tellRevoked({ actor, subjects, reason: 'by_admin' })
        break
      case '/admin/ban-user':
        this.#record('account_locked', { actor, subjects, reason: 'by_admin' })
        break
      case '/admin/unban-user':
        this.#record('account_unlocked', { actor, subjects, reason: 'by_admin' })
        break
      case '/two-factor/enable':
        if (twoFactor === true) this.#record('mfa_enabled', { actor, reason: 'by_user', metadata: { factor: 'totp' } })
        break
      case '/two-factor/disable':
        this.#record('mfa_disabled', { actor, reason: 'by_user', metadata: { factor: 'all' } })
    }
  }

  #tellPasswords(refused: Refused | undefined): void {
    // Somebody who may not is a denial, which the answer tells by itself.
    if (refused?.status === 401 || refused?.status === 403) return
    const failed = refused === undefined ? {} : { outcome: 'failure' as const }
    const count = this.#facts.ended.length
    const revoked = count === 0 ? {} : { sessions_revoked: count }
    const channel = this.#path.includes('phone') ? 'sms' : 'email'
    const user = textOf(this.#body, 'userId')
    switch (this.#path) {
      case '/change-password':
      case '/set-password': {
        const reason = refused === undefined ? 'by_user' : passwordReason(refused)
        this.#record('password_change', {
          actor: this.#who() ?? {},
          ...failed,
          ...(reason && { reason }),
          metadata: revoked,
        })
        break
      }
      case '/admin/set-user-password':
        this.#record('password_change', {
          actor: this.#who() ?? {},
          subjects: user === undefined ? [] : [user],
          ...failed,
          reason: 'by_admin',
        })
        break
      case '/request-password-reset':
      case '/email-otp/request-password-reset':
      case '/forget-password/email-otp':
      case '/phone-number/request-password-reset':
        this.#record('password_reset_requested', {
          actor: this.#claimed(),
          ...failed,
          ...(refused === undefined ? { reason: 'by_user' } : {}),
          metadata: { stage: 'requested', channel },
        })
        break
      case '/reset-password':
      case '/email-otp/reset-password':
      case '/phone-number/reset-password': {
        const id = this.#linkOf ?? this.#facts.ended[0]?.userId
        const reason = refused === undefined ? 'by_user' : resetReason(refused)
        const actor = id === undefined ? this.#claimed() : { id, proved: refused === undefined }
        const metadata = { channel, ...revoked }
        this.#record('password_reset_completed', { actor, ...failed, ...(reason && { reason }), metadata })
      }
    }
  }

  #letIn({ id, userId }: SessionFact, method: NonNullable<ReturnType<typeof logins.get>>): void {
    const name = textOf(this.#params, 'id') ?? textOf(this.#params, 'providerId')
    const provider = name !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(name) ? name : undefined
    const actor = userId === undefined ? undefined : { id: userId }
    tellLogin({ audit: this.#audit, actor, sessionId: id, method, provider })
  }

  #tellRevoked(event: EventInput): void {
    const { ended } = this.#facts
    if (ended.length === 0) return
    const targets = ended.slice(-20).flatMap(({ id }) => sessionTarget(id).targets ?? [])
    this.#record('session_revoked', { ...event, targets, metadata: { sessions: ended.length } })
  }

  /** Who is signed in. */
  #who(): ActorInput | undefined {
    const session = memberOf(this.#context, 'session')
    const id = textOf(memberOf(session, 'user'), 'id')
    const sessionRef = textOf(memberOf(session, 'session'), 'id')
    return id === undefined ? undefined : { id, ...(sessionRef === undefined ? {} : { sessionRef }) }
  }

  /** Who somebody says they are. */
  #claimed(): ActorInput {
    const body = this.#body
    const id = textOf(body, 'email') ?? textOf(body, 'username') ?? textOf(body, 'phoneNumber')
    return id === undefined ? {} : { id, proved: false }
  }

  #newSession(): SessionFact | undefined {
    const session = memberOf(this.#context, 'newSession')
    const userId = textOf(memberOf(session, 'user'), 'id')
    return userId === undefined ? undefined : { id: textOf(memberOf(session, 'session'), 'id'), userId }
  }

  #record(type: BuiltInEvent, event: EventInput): void {
    recordDynamic(auditFor(this.#audit), type, event)
  }
}
