/**
 * One spelling for names: what people and attackers write differently becomes the same words.
 *
 * Full width and other compatibility forms (NFKC), invisible characters, accents and capitals go; then the name is cut into
 * words at separators, at capitals and around digits. `userPassword`, `user[password]` and `USER-PASSWORD` are the same two.
 */

const wordsMax = 24
const ascii = /^[\x20-\x7e]*$/
/** Zero-width and other format characters, and letters without a shape. */
const invisible = /\p{Cf}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu
const marks = /\p{M}/gu
/** Letters that no decomposition leads to a plain one. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l', Ł: 'L', ø: 'o', Ø: 'O', ß: 'ss', ı: 'i', đ: 'd', Đ: 'D', ð: 'd', þ: 'th', æ: 'ae', Æ: 'Ae', œ: 'oe', ħ: 'h',
  ŧ: 't', ɑ: 'a', ɡ: 'g', ɩ: 'i', ʀ: 'r', ѕ: 's',
} // biome-ignore format: a table

/** Cyrillic and Greek letters that look like Latin ones, in lower case. */
const lookAlikes = new Map(
  Array.from(
    'аaвbсcеeһhіiјjкkӏlмmнhоoрpѕsтtуyхxѵvԁdԛqԝwгrпnαaβbεeηnιiκkνvοoρpτtυuχxωwγyσoжxьb'.matchAll(/(.)(.)/gu),
  ).map(([, from = '', to = '']) => [from, to] as const),
)

/** NFKC without invisible characters and accents. Capitals stay: they set words apart. */
export function foldLetters(name: string): string {
  if (ascii.test(name)) return name
  const bare = name.normalize('NFKC').replace(invisible, '').normalize('NFKD').replace(marks, '')
  let folded = ''
  for (const character of bare) folded += plainLetters[character] ?? character
  return folded.normalize('NFKC')
}

/** Lower case, look-alikes replaced: `pаsswоrd` with Cyrillic letters is `password`. */
export function foldLookAlikes(lower: string): string {
  if (ascii.test(lower)) return lower
  let folded = ''
  for (const character of lower) folded += lookAlikes.get(character) ?? character
  return folded
}

/** The words of a folded name, in lower case; digits are words of their own. At most 24. */
export function wordsOf(folded: string): string[] {
  const words: string[] = []
  let word = ''
  let last = 0
  for (let i = 0; i < folded.length; i++) {
    const character = folded.charAt(i)
    const kind = kindOf(character)
    // `APIKey`: the last capital before a small letter begins the next word.
    const begins =
      kind !== last ? !(last === upper && kind === lower) : kind === upper && kindOf(folded.charAt(i + 1)) === lower
    if (begins && word !== '') {
      words.push(word)
      if (words.length >= wordsMax) return words
      word = ''
    }
    if (kind !== separator) word += character.toLowerCase()
    last = kind
  }
  if (word !== '') words.push(word)
  return words
}

const separator = 0
const lower = 1
const upper = 2
const digit = 3

function kindOf(character: string): number {
  const code = character.charCodeAt(0)
  if (code >= 97 && code <= 122) return lower
  if (code >= 65 && code <= 90) return upper
  if (code >= 48 && code <= 57) return digit
  if (!(code >= 128)) return separator
  if (character !== character.toLowerCase()) return upper
  return notLetter.test(character) ? separator : lower
}

const notLetter = /[\p{P}\p{Z}\p{S}\p{C}]/u

/** What is meant by `p4ssw0rd` and `pa$$word`. */
export function foldDigitLetters(lower: string): string {
  return lower.replace(/[013457$@!]/g, (sign) => digitLetters[sign] ?? sign)
}

const digitLetters: Readonly<Record<string, string>> = {
  '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', $: 's', '@': 'a', '!': 'i',
} // biome-ignore format: a table
