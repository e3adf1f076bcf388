/**
 * Text from a ledger, made safe for a terminal. A record or a damaged copy may hold escape sequences, line breaks and
 * direction marks, which would let a line of the trail rewrite the screen of whoever reads it.
 */

// C0, DEL, C1, soft hyphen, Arabic letter mark, zero-width and direction marks, line separators, word joiners, BOM, tags.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu

/** The text with every character that a terminal would act on written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(unsafe, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`)
}

/** JSON text for a terminal: the same value, with those characters as JSON escapes. */
export function printableJson(json: string): string {
  return json.replace(unsafe, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  )
}
