/**
 * What is written with letters and digits and belongs to one person: accounts (IBAN), national ids with letters, birthdays,
 * places with more decimals than a town has, `(555) 123-4567`.
 */
import { saidBefore } from './detect-context.ts'
import { isDni, isIban } from './digits.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** The text with them replaced. Run only on texts that have digits. */
export function hidePeople(text: string, opening: Opening): string {
  work.characters += text.length * 7
  const hide = (mask: string) => {
    opening.removed(mask.slice(1, -1))
    return mask
  }
  let shown = text.replace(ibans, (match, offset: number) => {
    // Small letters a to f alone are rather a digest than an account.
    if (/^[0-9a-f-]{1,80}$/.test(match) && !/iban/i.test(text.slice(Math.max(0, offset - 16), offset))) return match
    if (uuidStart.test(match)) return match
    const length = ibanLength(match)
    return length === 0 ? match : hide('[iban]') + match.slice(length)
  })
  if (shown.includes('(')) shown = shown.replace(bracketed, () => hide('[phone]'))
  shown = shown.replace(lettered, (match, offset: number, whole: string) => {
    const bare = match.replace(/[ .-]/g, '')
    const insured = nino.test(bare) && (match.includes(' ') || saidBefore(whole, offset, ninoWords))
    const known = insured || isDni(bare) || fiscalCode.test(bare)
    return known || saidBefore(whole, offset, passportWords) ? hide('[id]') : match
  })
  if (shown.includes('.'))
    shown = shown.replace(pairs, (match, latitude: string, longitude: string, offset: number, whole: string) => {
      if (Math.abs(Number(latitude)) > 90 || Math.abs(Number(longitude)) > 180) return match
      const exact = decimals(latitude) >= 4 && decimals(longitude) >= 4
      return exact || saidBefore(whole, offset, placeWords) ? hide('[location]') : match
    })
  if (!birth.test(shown)) return shown
  return shown.replace(dates, (match, offset: number, whole: string) =>
    saidBefore(whole, offset, birthWords) ? hide('[birthday]') : match,
  )
}

const uuidStart = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-/
const birth = /birth|born|dob|geb|n\u00e9|naci|naiss|nasc|urodz|\u0440\u043e\u0436\u0434|\u751f\u65e5/i
export const ibans = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){11,30}/g
export const bracketed = /(?<![\w)])(?:\+?\d{1,3}[ .-]?)?\(\d{2,4}\)[ .-]?\d{3,4}[ .-]?\d{3,4}(?!\w)/g
export const lettered =
  /(?<![A-Za-z0-9-])(?:[XYZxyz]-?\d{7}-?[A-Za-z]|\d{8}[ -]?[A-Za-z]|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]|[A-Z]{1,3}\d{6,9}[A-Z]?|[CFGHJK][A-Z0-9]{8})(?![A-Za-z0-9-])/g
export const pairs =
  /(?<![\d.])([-+]?\d{1,3}\.\d{2,20})\u00b0?[NSns]?[ ]{0,2}[,;/ |][ ]{0,2}([-+]?\d{1,3}\.\d{2,20})(?![\d.])/g
export const dates =
  /(?<![\d.])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.? [A-Za-z]{3,9}\.? \d{4}|[A-Z][a-z]{2,8} \d{1,2},? \d{4})(?!\d)/g

const fiscalCode = /^[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]$/i
const nino = /^(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/
const ninoWords = /(?:nino|national insurance|\bni\b)[^.]{0,16}$/i
const passportWords = /(?:passport|reisepass|pasaporte|passeport|passaporto|ausweis|licen[cs]e|national id)[^.]{0,16}$/i
const placeWords = /(?:\blat|\blo?ng?\b|\blon|coord|\bgeo|\bgps|location|position|standort|ubicaci)[^.]{0,16}$/i
const birthWords =
  /(?:birth|\bborn|\bdob\b|\bgeb\b|geboren|\bn\u00e9e?\b|nacid|nacimiento|naissance|nascita|nascimento|urodz|\u0440\u043e\u0436\u0434|\u751f\u65e5)[^\d]{0,16}$/i

const decimals = (number: string) => number.length - number.indexOf('.') - 1

/** How many characters from the start are an account: groups behind it may belong to the sentence. */
function ibanLength(match: string): number {
  for (let end = match.length; end >= 15; end--) {
    if (!/[A-Za-z0-9]/.test(match.charAt(end - 1))) continue
    if (end < match.length && /[A-Za-z0-9]/.test(match.charAt(end)) && /[A-Za-z0-9]/.test(match.charAt(end - 1)))
      continue
    if (
      isIban(
        match
          .slice(0, end)
          .replace(/[ \u00a0-]/g, '')
          .toUpperCase(),
      )
    )
      return end
  }
  return 0
}
