/**
 * Masks for single values: what people may still see of them, and never more.
 *
 * Every mask has a floor: stars of fixed length (a length is data too), nothing but stars where the input is not what it
 * should be, and masking a masked value changes nothing.
 */
import { maskAddress } from './address.ts'
import { digitsOf, passesLuhn } from './card.ts'

/** What stands for every hidden part. */
const stars = '*****'

/**
 * Masks by kind. Each takes anything, returns text and never throws.
 *
 *     mask.email('alice@clinic.example')   // a*****@clinic.example
 *     mask.card('4111 1111 1111 1111')     // *****1111
 */
export const mask = Object.freeze({
  /** First character and domain for local parts of four and more, else the domain. */
  email(value: unknown): string {
    if (typeof value !== 'string' || value.length > 320) return stars
    const parts = emailShape.exec(value.trim())
    if (parts === null) return stars
    const [, local = '', domain = ''] = parts
    // Digits where a domain should be are an address or a number of somebody.
    if (numeric.test(domain)) return stars
    if (maskedLocal.test(local)) return `${local}@${domain}`
    // Dots, and what nobody sees, do not make a short name longer.
    const said = Array.from(local).filter((character) => saying.test(character))
    return `${said.length >= 4 ? said[0] : ''}${stars}@${domain}`
  },
  /** The last two digits of 7 to 15. */
  phone(value: unknown): string {
    if (typeof value !== 'string' || value.length > 40) return stars
    if (/^\*{5}\d\d$/.test(value)) return value
    if (!/^\+?[\d ().\-/]+$/.test(value)) return stars
    const digits = value.replaceAll(/\D/g, '')
    return digits.length >= 7 && digits.length <= 15 ? stars + digits.slice(-2) : stars
  },
  /** An IP address: its first 24 bits, or 48 for IPv6. */
  address(value: unknown): string {
    return maskAddress(value) ?? stars
  },
  /** The last four of 13 to 19 digits that pass the Luhn check. */
  card(value: unknown): string {
    if (typeof value !== 'string') return stars
    if (/^\*{5}\d{4}$/.test(value)) return value
    const digits = digitsOf(value)
    if (digits === undefined || digits.length < 13 || digits.length > 19 || !passesLuhn(digits)) return stars
    return stars + digits.slice(-4)
  },
  /** A coordinate, or `latitude,longitude`, with one decimal. */
  location(value: unknown): string {
    if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= 180 ? oneDecimal(value) : stars
    if (typeof value !== 'string' || value.length > 64) return stars
    const parts = /^\s*(-?\d{1,3}(?:\.\d{1,20})?)(?:\s*,\s*(-?\d{1,3}(?:\.\d{1,20})?))?\s*$/.exec(value)
    if (parts === null) return stars
    const [, first, second] = parts
    const shown = [first, second].filter((part) => part !== undefined).map(Number)
    return shown.every((part) => Math.abs(part) <= 180) ? shown.map(oneDecimal).join(',') : stars
  },
  /** Nothing: for passwords, keys and whatever has no mask of its own. */
  secret: nothing,
  /** Nothing: all parts of an IBAN are the account, its bank or their check. */
  iban: nothing,
  /** Nothing: an account number ends where statements print it. */
  account: nothing,
  /** Nothing: three digits. */
  cvv: nothing,
  /** Nothing: the last four of a social security number are what a bank asks for on the telephone. */
  ssn: nothing,
  /** Nothing: identity and tax numbers of any country. */
  national_id: nothing,
  /** Nothing. */
  passport: nothing,
  /** Nothing: the first two parts of a token are readable, the third signs them. */
  jwt: nothing,
})

function nothing(_value: unknown): string {
  return stars
}

export type MaskName = keyof typeof mask

/** Any local part without space, then a domain of labels: nothing after the first `@` that could hold a second address. */
const emailShape = /^([^\s@]{1,64})@((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){0,8}[\p{L}\p{N}][\p{L}\p{N}-]{0,62})$/u
const maskedLocal = /^[^*]?\*{5}$/u
/** Letters, digits, pictures; not what separates, joins, marks or directs them. */
const saying = /^[\p{L}\p{N}\p{So}]$/u
const numeric = /\p{N}{7}|(?:^|\.)\p{N}{1,63}$/u

/** Cut, not rounded: a rounded half would move when masked again. Minus zero is zero. */
function oneDecimal(degrees: number): string {
  return (Math.trunc(degrees * 10) / 10 || 0).toFixed(1)
}
