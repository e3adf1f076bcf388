/** Escapes of a name that PostgreSQL knows as `U&"…"`: whoever does not read them reads another table's name. */

const escapes = /([0-9a-f]{4})|\+([0-9a-f]{6})/iy

/** Replaces `\XXXX` and `\+XXXXXX` by what they stand for; what is no escape stays. */
export function decodeName(text: string, mark: string): string {
  let decoded = ''
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at++)
    if (character !== mark) {
      decoded += character
      continue
    }
    escapes.lastIndex = at
    const [whole = '', short, long] = escapes.exec(text) ?? []
    const code = Number.parseInt(short ?? long ?? '', 16)
    if (code <= 0x10ffff) {
      decoded += short === undefined ? String.fromCodePoint(code) : String.fromCharCode(code)
      at += whole.length
    } else {
      decoded += mark
      if (text.charAt(at) === mark) at++
    }
  }
  return decoded
}
