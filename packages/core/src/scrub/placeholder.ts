/**
 * What stands in the place of a value, told from a value that only looks like it: a second pass leaves these as they are.
 */
const charsMax = 48
const shape =
  /^\[(?:secret|personal|email|card|iban|phone|ssn|ip|mac|jwt|token|url|host|hash|id|birthday|location|cookie|header|query|cvv|input|key|withheld|getter|symbol|function|circular|proxy|regexp|promise|stream|socket|generator|iterator|object|weak|abort signal|invalid date|withheld(?: stack| message| details)?|withheld: too (?:deep|many)|withheld [a-z]{2,10} \d{1,12} B)(?: \d{1,4})?\]$/

/** True for the fixed words that scrubbing writes, such as `[email]` or `[withheld bytes 12 B]`. */
export function isPlaceholder(text: string): boolean {
  return text.charCodeAt(0) === 91 && text.length <= charsMax && shape.test(text)
}

/** Where the bound of nodes or of text was reached; the rest is left out. */
export const tooMany = '[withheld: too many]'
export const tooDeep = '[withheld: too deep]'

/** Bytes by their number. */
export function withheldBytes(bytes: number): string {
  return `[withheld bytes ${bytes} B]`
}
