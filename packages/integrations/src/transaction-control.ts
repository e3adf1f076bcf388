/** Statements that begin and end transactions and set savepoints, in the spellings of the databases that ORMs speak to. */

export interface TransactionControl {
  readonly kind: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'back'
  /** Of a savepoint, in lower case, quotes removed; otherwise empty. */
  readonly name: string
}

/** Those are short; a text that is longer is none of them. */
const charsMax = 300

const name = String.raw`["'\x60[]?\s*([\w$.-]{1,200})\s*["'\x60\]]?`
const work = String.raw`(?:\s+(?:work|tran|transaction))?`
const spellings: readonly (readonly [TransactionControl['kind'], RegExp])[] = [
  ['begin', /^(?:begin|start\s+transaction)\b/],
  ['savepoint', new RegExp(`^(?:savepoint|save\\s+tran(?:saction)?)\\s+${name}`)],
  ['release', new RegExp(`^release(?:\\s+savepoint)?\\s+${name}`)],
  ['back', new RegExp(`^rollback${work}\\s+to(?:\\s+savepoint)?\\s+${name}`)],
  ['rollback', /^(?:rollback|abort)\b/],
  ['commit', /^(?:commit|end)\b/],
]

/** Before the first word, where libraries put the name of who asks. */
const comments = /^(?:\s|--[^\n]*\n|\/\*(?!!)(?:[^*]|\*(?!\/))*\*\/)*/

/** Reads a statement's first words. Undefined for anything else, which costs one look at its first letter. */
export function controlOf(sql: string): TransactionControl | undefined {
  if (sql.length > charsMax || !/^\s*[abcers/-]/i.test(sql)) return undefined
  const text = sql.replace(comments, '').trim().toLowerCase()
  // What follows in the same text would be taken for nothing.
  if (/;\s*\S/.test(text)) return undefined
  for (const [kind, spelling] of spellings) {
    const found = spelling.exec(text)
    if (found !== null) return { kind, name: found[1] ?? '' }
  }
  return undefined
}
