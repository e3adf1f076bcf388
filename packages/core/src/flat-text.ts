/**
 * Text in one piece of memory. A string that was joined from parts stays a tree of them until somebody reads its characters;
 * inside the text of a record that is written at once, every kept part would be walked again each time.
 */

/** The same text, in one piece: for what is kept and used again. */
export function flatText(text: string): string {
  // Asking for a character joins the parts; an empty text has none.
  return Number.isNaN(text.charCodeAt(0)) ? '' : text
}
