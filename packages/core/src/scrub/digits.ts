/**
 * Digits of any script as ASCII ones, at the same places, and the checks that tell numbers of people from other numbers.
 */
import { passesLuhn } from './card.ts'
import { work } from './linear-work.ts'

/** The text with every decimal digit as ASCII. Same length: a digit that takes two units is followed by a zero-width space. */
export function foldDigits(text: string): string {
  work.characters += text.length
  return text.replace(wideDigit, (character) => {
    const value = digitValue(character.codePointAt(0) ?? 0)
    return character.length === 2 ? `${value}\u200b` : String(value)
  })
}

const wideDigit = /(?![0-9])\p{Nd}/gu

/** Every script's digits stand in a row of ten; the row's start is found by walking back to its first digit. */
const values = new Map<number, number>()

function digitValue(code: number): number {
  const known = values.get(code) ?? findValue(code)
  values.set(code, known)
  return known
}

function findValue(code: number): number {
  // The mathematical digits are five rows without a gap between them.
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10
  let first = code
  while (code - first < 9 && oneDigit.test(String.fromCodePoint(first - 1))) first -= 1
  return code - first
}

const oneDigit = /^\p{Nd}$/u

const issuers =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12,14}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35\d{14}|62\d{14,17}|(?:50|5[6-9]|6[0137])\d{11,17}|220[0-4]\d{12,15}|(?:65|60|81|82|508)\d{13,14})$/

/** True for digits in an issuer's range, with a length of that issuer and a right check digit. */
export function isCard(digits: string): boolean {
  const first = digits.charCodeAt(0)
  // No issuer begins with 0, 1, 7 or 9.
  if (first < 50 || first === 55 || first > 56) return false
  if (digits.length < 13 || digits.length > 19 || !issuers.test(digits) || !passesLuhn(digits)) return false
  // Cards of 13 digits are no longer issued; numbers of articles have 13.
  return digits.length > 13 || !isArticle(digits)
}

/** The check digit of an EAN-13: every second digit counts three times. */
function isArticle(digits: string): boolean {
  let total = 0
  for (let i = 0; i < 13; i++) total += (digits.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3)
  return total % 10 === 0
}

/** The weighted sum of the first digits. */
function sum(digits: string, weights: readonly number[]): number {
  return weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0)
}

const d = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
const shuffle = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** Verhoeff's check over the dihedral group of order ten (Aadhaar). */
export function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    let value = Number(digits[digits.length - 1 - i])
    for (let turn = 0; turn < i % 8; turn++) value = shuffle[value] ?? 0
    check = d[check]?.[value] ?? 0
  }
  return check === 0
}

/** Brazil's CPF: two check digits. */
export function isCpf(digits: string): boolean {
  if (digits.length !== 11 || /^(\d)\1{10}$/.test(digits)) return false
  const first = ((sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  const second = ((sum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  return first === Number(digits[9]) && second === Number(digits[10])
}

/** Britain's NHS number. */
export function isNhs(digits: string): boolean {
  if (digits.length !== 10) return false
  const check = 11 - (sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return check % 11 === Number(digits[9]) && check !== 10
}

/** Canada's SIN. */
export const isSin = (digits: string): boolean => digits.length === 9 && !/^[08]/.test(digits) && passesLuhn(digits)

/** Aadhaar: twelve digits, not beginning with 0 or 1. */
export const isAadhaar = (digits: string): boolean => /^[2-9]\d{11}$/.test(digits) && passesVerhoeff(digits)

/** Spain's DNI and NIE: the letter is the number modulo 23. */
export function isDni(text: string): boolean {
  const match = /^([XYZxyz]?)(\d{7,8})([A-Za-z])$/.exec(text)
  if (!match) return false
  const [, lead = '', digits = '', letter = ''] = match
  if (lead === '' ? digits.length !== 8 : digits.length !== 7) return false
  const number = Number((lead === '' ? '' : String('XYZ'.indexOf(lead.toUpperCase()))) + digits)
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === letter.toUpperCase()
}

/** ISO 13616: two letters, two check digits, an account; the rearranged number leaves 1 modulo 97. */
export function isIban(text: string): boolean {
  if (ibanLengths.get(text.slice(0, 2)) !== text.length || !/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false
  let rest = 0
  for (const character of text.slice(4) + text.slice(0, 4)) {
    for (const one of Number.parseInt(character, 36).toString()) rest = (rest * 10 + Number(one)) % 97
  }
  return rest === 1
}

/** The register's countries and how long their accounts are: without it one id in seven hundred is an account. */
const ibanLengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
    'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
