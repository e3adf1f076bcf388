/**
 * Names that an application gives to its own things (roles, permissions, resource types, tickets), told from personal data
 * that ended up in their place. What does not look like a name is left out of the record and counted.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { BoundedCache } from './bounded-cache.ts'
import { isPaymentCard } from './card.ts'
import { holdsToken } from './detect-tokens.ts'

const shape = /^[A-Za-z0-9_.:\-/*@]{1,64}$/
const verdicts = new BoundedCache<boolean>(2_000)

/** True for 1 to 64 characters of `[A-Za-z0-9_.:-/*@]` that are no address, card, account number or known secret. */
export function isIdentifier(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) return false
  const before = verdicts.get(value)
  if (before !== undefined) return before
  const verdict = shape.test(value) && !isIPv4(value) && !isIPv6(value) && !looksPersonal(value)
  verdicts.set(value, verdict)
  return verdict
}

/** True for a short text that is an e-mail address, card, IBAN, social security or telephone number, or a known secret. */
export function looksPersonal(text: string): boolean {
  return (
    mailbox.test(text) ||
    socialSecurity.test(text) ||
    telephone.test(text) ||
    secretPrefix.test(text) ||
    holdsToken(text) ||
    isPaymentCard(text) ||
    isIban(text)
  )
}

/** Something before an `@`, and behind it a domain; `pkg@1.2.3` and `@scope/pkg.js` are neither. */
const mailbox = /[^@\s/]@[^@\s/]*\.[\p{L}]/u
const socialSecurity = /^\d{3}-\d{2}-\d{4}$/
/** Only with separators: bare digits may be anything. */
const telephone = /^(?:\+|00)\d[\d.\-/ ]{6,20}$|^(?:\d{1,3}[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$/
/** The beginnings by which providers make their own secrets recognisable. */
const secretPrefix =
  /^(?:[spr]k_(?:live|test)_|sk-|whsec_|gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|SG\.|npm_|pypi-|hf_|dop_v1_|shp(?:at|ca|pa|ss)_|sq0|EAAC|key-[0-9a-f]{32}|eyJ[\w-]+\.)/

/** ISO 13616: two letters, two check digits, an account; the rearranged number leaves 1 modulo 97. */
function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34 || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(text)) return false
  let rest = 0
  for (const character of text.slice(4) + text.slice(0, 4)) {
    for (const digit of Number.parseInt(character, 36).toString()) rest = (rest * 10 + Number(digit)) % 97
  }
  return rest === 1
}
