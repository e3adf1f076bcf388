/**
 * What people do with their accounts in better-auth: `@trailmark/integrations/better-auth`.
 *
 * A plugin of three kinds of hooks: before an endpoint (whose password a link is for), in the database (which users and
 * sessions come and go) and behind an endpoint (what it answers). Other plugins may still change an answer, a second factor
 * for one, so it is judged when the request ends.
 */
import type { Audit } from '@trailmark/core'
import { ask, atEnd, auditFor } from '@trailmark/core/integration'
import { textOf } from './authn/text.ts'
import { FactTable } from './better-auth/facts.ts'
import { Finished } from './better-auth/judge.ts'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'

export interface BetterAuthOptions {
  /** Default: the audit that follows the request. */
  readonly audit?: Audit
}

/** A hook as better-auth takes it. */
export interface BetterAuthHook {
  readonly matcher: (context: unknown) => boolean
  readonly handler: ((context: unknown) => Promise<{ response: undefined; headers: undefined }>) & {
    readonly options: Record<never, never>
  }
}

/** A plugin as better-auth takes it. */
export interface BetterAuthPluginLike {
  readonly id: 'trailmark'
  init(): { readonly options: { readonly databaseHooks: object } }
  readonly hooks: { readonly before: BetterAuthHook[]; readonly after: BetterAuthHook[] }
}

/**
 * A plugin for better-auth that records `login_success`, `login_failure`, `logout`, `account_created`, `account_deleted`,
 * `password_change`, `password_reset_requested`, `password_reset_completed`, `mfa_challenge_issued`,
 * `mfa_challenge_succeeded`, `mfa_challenge_failed`, `mfa_enabled`, `mfa_disabled`, `session_revoked`, and of the admin
 * plugin `account_locked` and `account_unlocked`.
 *
 *     export const auth = betterAuth({ plugins: [twoFactor(), auditBetterAuth()] })
 *     app.use(auditMiddleware())
 *     app.all('/api/auth/{*any}', toNodeHandler(auth))
 *
 * Make it the last plugin, so that calls of `auth.api` outside of any request are judged by their final answer too.
 * Addresses of e-mail that somebody only claims are stored as tokens; passwords, tokens and links are never read.
 *
 * Throws AUDIT_OPTION_INVALID naming the option.
 */
export function auditBetterAuth(options: BetterAuthOptions = {}): BetterAuthPluginLike {
  checkOptions('auditBetterAuth()', options)
  const { audit } = options
  const table = new FactTable()
  const databaseHooks = table.hooks((type, id) => {
    ask(() => auditFor(audit).record(type, { subjects: [id] }))
  })
  // Of all that a hook is given, the headers are what the hooks behind the endpoint are given too.
  const links = new WeakMap<object, string>()
  const before = async (context: unknown): Promise<void> => {
    const id = await whoseLink(context)
    const headers = memberOf(context, 'headers')
    if (id !== undefined && headers instanceof Headers) links.set(headers, id)
  }
  const after = async (context: unknown): Promise<void> => {
    const headers = memberOf(context, 'headers')
    const linkOf = headers instanceof Headers ? links.get(headers) : undefined
    const finished = new Finished(audit, context, table.find(context), linkOf)
    const tell = (): void => finished.tell()
    ask(() => atEnd(tell) || tell())
  }
  const isReset = (context: unknown): boolean => memberOf(context, 'path') === '/reset-password'
  return {
    id: 'trailmark',
    init: () => ({ options: { databaseHooks } }),
    hooks: { before: [hook(isReset, before)], after: [hook((context) => isJudged(context, table), after)] },
  }
}

/** Most calls ask who is there, and are nothing to judge. */
function isJudged(context: unknown, table: FactTable): boolean {
  return memberOf(context, 'path') !== '/get-session' || table.find(context) !== undefined
}

function hook(matcher: BetterAuthHook['matcher'], work: (context: unknown) => Promise<void>): BetterAuthHook {
  const handler = async (context: unknown): Promise<{ response: undefined; headers: undefined }> => {
    await work(context).catch(() => undefined)
    return { response: undefined, headers: undefined }
  }
  return {
    matcher: (context) => ask(() => matcher(context)) === true,
    handler: Object.assign(handler, { options: {} }),
  }
}

/** The library looks the same up a moment later; afterwards the link is gone. */
async function whoseLink(context: unknown): Promise<string | undefined> {
  const token = textOf(memberOf(context, 'body'), 'token') ?? textOf(memberOf(context, 'query'), 'token')
  const adapter = memberOf(memberOf(context, 'context'), 'internalAdapter')
  const find = memberOf(adapter, 'findVerificationValue')
  if (token === undefined || typeof find !== 'function') return undefined
  return textOf(await Reflect.apply(find, adapter, [`reset-password:${token}`]), 'value')
}
