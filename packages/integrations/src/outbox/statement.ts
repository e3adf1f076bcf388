/** SQL in pieces, with the values that stand between them: each library has its own sign for the place of a value. */
export interface Statement {
  /** One more than there are values. */
  readonly pieces: readonly string[]
  readonly values: readonly (string | number)[]
}

/** `statement\`DELETE FROM ${raw('t')} WHERE id = ${id}\``: what is `raw` is part of the text, everything else a value. */
export function statement(
  strings: TemplateStringsArray,
  ...parts: readonly (string | number | Raw | List)[]
): Statement {
  const pieces = [strings[0] ?? '']
  const values: (string | number)[] = []
  const text = (more: string): void => {
    pieces[pieces.length - 1] += more
  }
  const value = (one: string | number): void => {
    values.push(one)
    pieces.push('')
  }
  parts.forEach((part, i) => {
    if (part instanceof Raw) text(part.text)
    else if (part instanceof List)
      part.values.forEach((one, at) => {
        if (at > 0) text(', ')
        value(one)
      })
    else value(part)
    text(strings[i + 1] ?? '')
  })
  return { pieces, values }
}

class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

class List {
  readonly values: readonly string[]
  constructor(values: readonly string[]) {
    this.values = values
  }
}

/** Text of ours: never anything from outside. */
export const raw = (text: string): Raw => new Raw(text)
/** Values with commas between them. */
export const list = (values: readonly string[]): List => new List(values)

/** With `$1`, `$2`, … (PostgreSQL). */
export function numbered({ pieces }: Statement): string {
  return pieces.map((piece, i) => (i === 0 ? piece : `$${i}${piece}`)).join('')
}

/** With `?` (MySQL, SQLite, Knex). */
export function questioned({ pieces }: Statement): string {
  return pieces.join('?')
}
