/**
 * Keys of objects: names of fields, or data that a map is keyed by.
 *
 * A key made of words is a name and written as it is. Anything else (an e-mail address, a token, a card) passes the rules for
 * texts first.
 */
const plainCharsMax = 48
const wordCharsMax = 24

/** True for letters with single separators and few digits: `user_id`, `x-api-key`, `address1`, `user[name]`, `größe`. */
export function isPlainKey(key: string): boolean {
  if (key.length === 0 || key.length > plainCharsMax) return false
  let [digits, letters, word, changes] = [0, 0, 0, 0]
  let before = ''
  for (const character of key) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 48 && code <= 57) {
      digits += 1
      if (before === 'letter') changes += 1
      before = 'digit'
      continue
    }
    if ((code | 32) >= 97 && (code | 32) <= 122 ? true : code > 127 && letter.test(character)) {
      letters += 1
      word += 1
      if (word > wordCharsMax) return false
      if (before === 'digit') changes += 1
      before = 'letter'
      continue
    }
    if (!separators.includes(character)) return false
    word = 0
    before = 'separator'
  }
  if (letters === 0) return digits <= 6 && !key.includes('.') && digits === key.length
  return digits <= 4 && changes <= 3
}

const letter = /\p{L}|\p{M}/u
/** No colon, at sign, slash or equals sign: those stand in data. */
const separators = '_-.$[] '
