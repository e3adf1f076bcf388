/**
 * Reads a path back out of the regular expression that Express 4 made of it, because it keeps nothing else of a prefix.
 *
 *     ^\/tenants(?:\/([^/]+?))\/?(?=\/|$)   with the keys [tenant]   is   /tenants/:tenant
 *
 * What was written as a regular expression by the application, or uses more than parameters, is not read back.
 */
interface Key {
  readonly name: string | number
}

/** The path, or undefined where the expression is not one that a plain path becomes. Linear in the expression's length. */
export function pathOfPattern(source: string, keys: readonly Key[]): string | undefined {
  const body = /^\^(.*?)\\\/\?(?:\(\?=\\\/\|\$\)|\$)$/.exec(source)?.[1]
  if (body === undefined) return undefined
  const reader = { at: 0, key: 0, text: '' }
  while (reader.at < body.length) {
    if (!readOne(body, keys, reader)) return undefined
  }
  return reader.text
}

interface Reader {
  at: number
  key: number
  text: string
}

function readOne(body: string, keys: readonly Key[], reader: Reader): boolean {
  const char = body[reader.at]!
  if (char === '\\') return readEscaped(body, reader)
  if (body.startsWith('(?:', reader.at)) {
    reader.at += 3 // Its content is read on; its end is skipped below.
    return true
  }
  if (char === ')') {
    reader.at += body[reader.at + 1] === '?' ? 2 : 1
    return true
  }
  if (char === '(') return readParameter(body, keys, reader)
  if (!/[\w~%@:!,;=&'-]/.test(char)) return false
  reader.text += char
  reader.at++
  return true
}

function readEscaped(body: string, reader: Reader): boolean {
  const char = body[reader.at + 1]
  if (char === undefined || /\w/.test(char)) return false // \d, \w and the like are not literal text.
  reader.text += char
  reader.at += 2
  return true
}

function readParameter(body: string, keys: readonly Key[], reader: Reader): boolean {
  const key = keys[reader.key++]
  const end = endOfGroup(body, reader.at)
  if (key === undefined || end === undefined || typeof key.name !== 'string') return false
  reader.text += `:${key.name}`
  reader.at = end + 1
  return true
}

/** Index of the parenthesis that closes the one at `start`. */
function endOfGroup(body: string, start: number): number | undefined {
  let depth = 0
  let inClass = false
  for (let at = start; at < body.length; at++) {
    const char = body[at]
    if (char === '\\') at++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (!inClass && char === '(') depth++
    else if (!inClass && char === ')' && --depth === 0) return at
  }
  return undefined
}
