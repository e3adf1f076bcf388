/**
 * Planted values, all from one seed: a child process makes the same ones without being told any, so that none of them has to
 * stand on a command line or in an environment.
 */
import { createHash, createHmac } from 'node:crypto'

const digits = '0123456789'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = 'abcdefghijklmnopqrstuvwxyz'
export const alphabets = {
  digits,
  upper: upper + digits,
  lower: lower + digits,
  mixed: upper + lower + digits,
} as const

export class Values {
  readonly #seed: string

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Characters that belong to `name`, the same each time. */
  text(name: string, length: number, alphabet: keyof typeof alphabets = 'mixed'): string {
    const letters = alphabets[alphabet]
    let text = ''
    for (let block = 0; text.length < length; block++) {
      const bytes = createHmac('sha256', this.#seed).update(`${name}|${block}`).digest()
      for (const byte of bytes) text += letters[byte % letters.length]
    }
    return text.slice(0, length)
  }

  /** A card number that passes Luhn, of a test range of Visa. */
  card(name: string): string {
    const body = `4${this.text(name, 14, 'digits')}`
    const sum = [...body].reduceRight((total, digit, at) => {
      const doubled = (body.length - at) % 2 === 1 ? Number(digit) * 2 : Number(digit)
      return total + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
    return `${body}${(10 - (sum % 10)) % 10}`
  }

  /** A German IBAN with its check digits. */
  iban(name: string): string {
    const account = this.text(name, 18, 'digits')
    const check = 98n - (BigInt(`${account}131400`) % 97n)
    return `DE${String(check).padStart(2, '0')}${account}`
  }

  /** A token of three parts as RFC 7519 writes it, and the two parts that tell something. */
  jwt(name: string): { readonly token: string; readonly claims: string; readonly signature: string } {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = encode({ sub: this.text(`${name} subject`, 16), iat: 1_700_000_000 })
    const signature = this.text(`${name} signature`, 43)
    return { token: `${encode({ alg: 'HS256', typ: 'JWT' })}.${claims}.${signature}`, claims, signature }
  }
}

/** Names a run, and tells nothing of its values. */
export function runName(seed: string): string {
  return createHash('sha256').update(`run|${seed}`).digest('hex').slice(0, 8)
}
