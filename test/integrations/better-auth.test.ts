/** better-auth itself behind Express, with its memory adapter and its plugins for second factors, links and administrators. */
import { createHash, createHmac } from 'node:crypto'
import { findLeaks, type TestAudit, testAudit } from '@trailmark/core/testing'
import { auditBetterAuth } from '@trailmark/integrations/better-auth'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { admin, magicLink, twoFactor } from 'better-auth/plugins'
import { afterEach, describe, expect, it } from 'vitest'
import { type Served, serveExpress } from './audited-express.ts'

const email = 'anna.planted@hospital.example'
const password = 'correct-horse-battery-staple'
const newPassword = 'staple-battery-horse-correct'
const wrong = 'Tr0ub4dor-and-3-planted'
const account = { email, password, name: 'Anna Planted' }

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function makeAuth(given: { last?: boolean; audit?: TestAudit; verify?: boolean } = {}) {
  const links: string[] = []
  const tables: Record<string, object[]> = { user: [], session: [], account: [], verification: [], twoFactor: [] }
  const database = memoryAdapter(tables)
  const ours = auditBetterAuth(given.audit === undefined ? {} : { audit: given.audit })
  const others = [twoFactor(), admin(), magicLink({ sendMagicLink: ({ token }) => void links.push(token) })]
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    trustedOrigins: ['http://127.0.0.1'],
    secret: 'a secret of more than thirty-two characters',
    database,
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      // The library's own takes its time, on purpose.
      password: {
        hash: async (text) => digestOf(text),
        verify: async ({ hash, password: text }) => hash === digestOf(text),
      },
      requireEmailVerification: given.verify === true,
      sendResetPassword: async ({ token }) => void links.push(token),
      revokeSessionsOnPasswordReset: false,
    },
    socialProviders: { google: { clientId: 'id', clientSecret: 'secret' } },
    user: { deleteUser: { enabled: true } },
    plugins: given.last === false ? [ours, ...others] : [...others, ours],
  })
  return { auth, links, tables }
}

type Auth = ReturnType<typeof makeAuth>
let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

async function serve(made: Auth = makeAuth()) {
  served = await serveExpress((app) => void app.all('/api/auth/{*any}', toNodeHandler(made.auth)))
  const { send, told, audit } = served
  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const init: RequestInit =
      body === undefined
        ? {}
        : {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
          }
    const answer = await send(`/api/auth${path}`, init)
    const text = await answer.text()
    return { status: answer.status, ...(text === '' ? {} : JSON.parse(text)) }
  }
  return { call, told, audit, links: made.links, tables: made.tables }
}

/** The code that an authenticator shows for the secret of a `otpauth:` address. */
function codeOf(uri: unknown): string {
  const secret = new URL(String(uri)).searchParams.get('secret') ?? ''
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

describe('an account', () => {
  it('is made, signs out and in, and fails to, each once and without a word in clear', async () => {
    const { call, told, audit } = await serve()
    await call('/sign-up/email', account)
    await call('/sign-up/email', account)
    await call('/sign-out', {})
    await call('/sign-out', {})
    await call('/sign-in/email', { email, password: wrong })
    await call('/sign-in/email', { email, password })
    await call('/get-session')
    expect(told()).toEqual([
      'account_created by_user',
      'login_success',
      'account_created already_exists',
      'logout by_user',
      'login_failure invalid_credentials',
      'login_success',
    ])
    const [created, login, , logout, failure, again] = audit.records
    expect(login).toMatchObject({ user_id: created?.user_id, metadata: { method: 'password' } })
    expect(logout).toMatchObject({ user_id: created?.user_id, targets: login?.['targets'], actor: login?.['actor'] })
    expect(again?.user_id).toBe(created?.user_id)
    expect(failure).toMatchObject({ user_id: expect.stringMatching(/^p1_/), outcome: 'failure' })
    const text = JSON.stringify([audit.records, audit.activity, audit.lines])
    expect(findLeaks(text, { email, password, wrong, name: account.name })).toEqual([])
  })

  it('that is not verified, banned or asked for from elsewhere is refused for that reason', async () => {
    const { call, told } = await serve(makeAuth({ verify: true }))
    await call('/sign-up/email', account)
    await call('/sign-in/email', { email, password })
    expect(told()).toEqual(['account_created by_user', 'login_failure account_unverified'])
    await call('/sign-in/social', { provider: 'google' })
    expect(told()).toEqual([])
    await call('/callback/google?error=access_denied')
    expect(told()).toEqual(['login_failure sso_failed'])
  })

  it('changes its password, revokes its sessions and is deleted', async () => {
    const { call, told, audit } = await serve()
    await call('/sign-up/email', account)
    await call('/change-password', { currentPassword: wrong, newPassword })
    await call('/change-password', { currentPassword: password, newPassword: 'short' })
    await call('/change-password', { currentPassword: password, newPassword, revokeOtherSessions: true })
    told()
    expect(audit.recordsOf('password_change')).toMatchObject([
      { outcome: 'failure', reason: 'wrong_current_password' },
      { outcome: 'failure', reason: 'too_weak' },
      { outcome: 'success', reason: 'by_user', metadata: { sessions_revoked: 1 } },
    ])
    await call('/revoke-sessions', {})
    await call('/sign-in/email', { email, password: newPassword })
    await call('/revoke-session', { token: 'of-nobody' })
    await call('/admin/set-user-password', { userId: 'of-nobody', newPassword })
    await call('/delete-user', { password: newPassword })
    expect(told()).toEqual([
      'session_revoked by_user',
      'login_success',
      'authz_deny forbidden',
      'account_deleted by_user',
    ])
    expect(audit.recordsOf('account_deleted')[0]?.user_id).toBe(audit.records[0]?.user_id)
  })

  it('resets its password by a link, which works once', async () => {
    const { call, told, audit, links } = await serve()
    await call('/sign-up/email', account)
    await call('/request-password-reset', { email })
    await call('/reset-password', { token: 'made-up', newPassword })
    await call('/reset-password', { token: links[0], newPassword })
    await call('/reset-password', { token: links[0], newPassword })
    expect(told().slice(2)).toEqual([
      'password_reset_requested by_user',
      'password_reset_completed invalid_link',
      'password_reset_completed by_user',
      'password_reset_completed invalid_link',
    ])
    const [created, , requested, , completed] = audit.records
    expect(completed?.user_id).toBe(created?.user_id)
    expect(requested).toMatchObject({
      user_id: expect.stringMatching(/^p1_/),
      metadata: { stage: 'requested', channel: 'email' },
    })
    expect(
      findLeaks(JSON.stringify([audit.records, audit.lines]), { email, newPassword, link: links[0] ?? '' }),
    ).toEqual([])
  })

  it('signs in by a link of e-mail', async () => {
    const { call, told, links } = await serve()
    await call('/sign-in/magic-link', { email })
    await call('/magic-link/verify?token=made-up&callbackURL=/')
    await call(`/magic-link/verify?token=${links[0]}&callbackURL=/`)
    expect(told()).toEqual(['login_failure invalid_credentials', 'account_created by_user', 'login_success'])
  })
})

it('what an administrator does to others names them', async () => {
  const { call, told, audit, tables } = await serve()
  await call('/sign-up/email', account)
  Object.assign(tables['user']?.[0] ?? {}, { role: 'admin' })
  const other = { email: 'bert.planted@hospital.example', password, name: 'Bert', role: 'user' }
  const { user } = await call('/admin/create-user', other)
  const userId = Reflect.get(Object(user), 'id')
  told()
  await call('/admin/set-user-password', { userId, newPassword })
  await call('/admin/ban-user', { userId })
  await call('/sign-in/email', { email: other.email, password: newPassword })
  await call('/admin/unban-user', { userId })
  await call('/admin/remove-user', { userId })
  expect(told()).toEqual([
    'password_change by_admin',
    'account_locked by_admin',
    'login_failure account_disabled',
    'account_unlocked by_admin',
    'account_deleted by_admin',
  ])
  const [administrator] = audit.records
  const [subject] = audit.recordsOf('account_created')[1]?.subjects ?? []
  for (const type of ['password_change', 'account_locked', 'account_unlocked', 'account_deleted'])
    expect(audit.recordsOf(type)).toMatchObject([{ user_id: administrator?.user_id, subjects: [subject] }])
})

describe.each([
  ['behind', true],
  ['before', false],
])('a second factor, with the plugin %s the others', (_name, last) => {
  it('is turned on, asked for, failed, passed and turned off', async () => {
    const { call, told, audit } = await serve(makeAuth({ last }))
    await call('/sign-up/email', account)
    const { totpURI, backupCodes } = await call('/two-factor/enable', { password })
    told()
    await call('/two-factor/verify-totp', { code: '000000' })
    await call('/two-factor/verify-totp', { code: codeOf(totpURI) })
    expect(told()).toEqual(['mfa_challenge_failed wrong_code', 'mfa_enabled by_user'])
    await call('/sign-out', {})
    await call('/sign-in/email', { email, password })
    expect(told()).toEqual(['logout by_user', 'mfa_challenge_issued login'])
    await call('/two-factor/verify-backup-code', { code: 'made-up' })
    await call('/two-factor/verify-backup-code', { code: (backupCodes as string[])[0] })
    expect(told()).toEqual(['mfa_challenge_failed wrong_code', 'mfa_challenge_succeeded', 'login_success'])
    await call('/two-factor/disable', { password })
    expect(told()).toEqual(['mfa_disabled by_user'])
    const people = ['mfa_enabled', 'mfa_challenge_issued', 'mfa_challenge_succeeded', 'login_success', 'mfa_disabled']
    const ids = people.map((type) => audit.recordsOf(type).at(-1)?.user_id)
    expect(new Set(ids)).toEqual(new Set([audit.records[0]?.user_id]))
  })
})

it('calls outside of any request are judged at once, with the audit that was given', async () => {
  const audit = testAudit()
  const { auth } = makeAuth({ audit })
  const { user } = await auth.api.signUpEmail({ body: account })
  await expect(auth.api.signInEmail({ body: { email, password: wrong } })).rejects.toThrow('Invalid email or password')
  const context = await auth.$context
  await context.internalAdapter.deleteUser(user.id)
  expect(audit.records.map((one) => one.event_type)).toEqual([
    'account_created',
    'login_success',
    'login_failure',
    'account_deleted',
  ])
  await audit.close()
})

it('refuses an audit that is none', () => {
  expect(() => auditBetterAuth({ audit: {} as never })).toThrow(
    expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
  )
})
