/** Payment card numbers (ISO/IEC 7812): digits, their check, and the issuers' ranges. */

/** The digits of a number written with spaces or hyphens between them; undefined when anything else is in it. */
export function digitsOf(text: string): string | undefined {
  if (text.length > 40 || !/^\d[\d -]*$/.test(text)) return undefined
  return text.replaceAll(/[ -]/g, '')
}

/** The check of ISO/IEC 7812: from the right, every second digit counts double. One number in ten passes it by chance. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

/** True for a number in an issuer's range, with that issuer's length and a right check digit. */
export function isPaymentCard(text: string): boolean {
  const digits = text.length < 13 ? undefined : digitsOf(text)
  return digits !== undefined && issuers.test(digits) && passesLuhn(digits)
}

/** Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro. */
const issuers =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35\d{14}|62\d{14,17}|(?:50|5[6-9]|6[37])\d{11,17})$/
