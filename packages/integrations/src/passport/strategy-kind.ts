/**
 * What a strategy is for. Some ask who somebody is, once: a success is a login. Others check what is presented with every
 * request: a success is no event, a failure is an invalid token. And the session's own only reads who it was.
 */
import type { LoginMethod } from '../authn/tell-login.ts'
import { textOf } from '../authn/text.ts'
import { memberOf } from '../member.ts'

export type StrategyKind = 'login' | 'token' | 'session'

/** Names under which strategies for credentials of every request are known. */
const perRequest: ReadonlySet<string> = new Set([
  'jwt',
  'bearer',
  'oauth-bearer',
  'oauth2-jwt-bearer',
  'azure_ad_oauth_bearer',
  'oauth-jwt',
  'token',
  'basic',
  'digest',
  'hawk',
  'apikey',
  'api-key',
  'headerapikey',
  'localapikey',
  'client-cert',
  'client-jwt',
  'oauth2-client-password',
  'anonymous',
])

const methods: ReadonlyMap<string, LoginMethod> = new Map([
  ['local', 'password'],
  ['ldapauth', 'ldap'],
  ['ldap', 'ldap'],
  ['ActiveDirectory', 'ldap'],
  ['saml', 'saml'],
  ['multi-saml', 'saml'],
  ['openidconnect', 'oidc'],
  ['oidc', 'oidc'],
  ['google', 'oauth2'],
  ['oauth2', 'oauth2'],
  ['negotiate', 'kerberos'],
  ['magiclink', 'magic_link'],
  ['magic-link', 'magic_link'],
  ['magiclogin', 'magic_link'],
  ['webauthn', 'passkey'],
  ['totp', 'otp'],
  ['hotp', 'otp'],
  ['remember-me', 'token'],
])

/** `name` is the one it was registered under; the strategy's own still tells what it is. */
export function kindOf(
  name: string | undefined,
  strategy: unknown,
  { login, token }: { readonly login: ReadonlySet<string>; readonly token: ReadonlySet<string> },
): StrategyKind {
  const own = textOf(strategy, 'name')
  if (own === 'session' && name === 'session') return 'session'
  if (name !== undefined && login.has(name)) return 'login'
  if (name !== undefined && token.has(name)) return 'token'
  return [name, own].some((one) => one !== undefined && perRequest.has(one)) ? 'token' : 'login'
}

/** How such a strategy lets somebody prove who they are; undefined where its name says nothing known. */
export function methodOf(name: string | undefined, strategy: unknown): LoginMethod | undefined {
  const own = textOf(strategy, 'name')
  const known =
    (own === undefined ? undefined : methods.get(own)) ?? (name === undefined ? undefined : methods.get(name))
  return known ?? (memberOf(strategy, '_oauth2') === undefined ? undefined : 'oauth2')
}

/** Methods where somebody else's answer is judged, not a secret of ours. */
export const foreign: ReadonlySet<LoginMethod | undefined> = new Set(['oauth2', 'oidc', 'saml', 'sso'])
