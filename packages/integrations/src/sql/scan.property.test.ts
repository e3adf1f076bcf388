import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scan } from './scan.ts'
import { readMax } from './statements.ts'
import type { Dialect } from './tokens.ts'

const dialects: readonly Dialect[] = ['postgres', 'mysql', 'sqlite', 'mssql']
const dialect = fc.constantFrom(...dialects)

/** Pieces of SQL in any order: most are nonsense, and some are what nobody thought of. */
const piece = fc.constantFrom(
  ...'select from where join left on using insert into values update set delete merge when then matched with recursive as materialized not union all copy to truncate table explain analyze create view prepare declare cursor for only lateral is distinct do key duplicate conflict replace returning order by group limit begin load patients visits p v x rooms f'.split(
    ' ',
  ),
  '(',
  ')',
  ',',
  '.',
  ';',
  '*',
  '=',
  '$1',
  '?',
  ':name',
  '@var',
  '"patients"',
  '::',
  '[x]',
)
const sql = fc.array(piece, { maxLength: 60 })
const tablesOf = (text: string, as: Dialect): string[] =>
  scan(text, readMax, as).statements.flatMap(({ uses }) =>
    uses.map(({ verb, table }) => `${verb} ${table.toLowerCase()}`),
  )

it('is read without an error, whatever it is', () => {
  const quotes = fc.stringMatching(/^[-'"`$#/*\\[\]eE@: \nfromselectx;(),.]*$/)
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    quotes,
    sql.map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(anything, dialect, fc.nat(600), (text, as, length) => {
      const { statements, cut } = scan(text, length, as)
      expect(cut || length >= text.length).toBe(true)
      for (const { uses } of statements) for (const { table } of uses) expect(table).not.toBe('')
    }),
    { numRuns: 2_000 },
  )
})

it('names the same tables in any case and with any blanks', () => {
  const blank = fc.constantFrom(' ', '\n', '\t', '  ', ' \r\n ')
  fc.assert(
    fc.property(
      sql,
      fc.array(blank, { minLength: 1 }),
      fc.array(fc.boolean(), { minLength: 1 }),
      dialect,
      (all, blanks, upper, as) => {
        const changed = all
          .map((one, i) => (upper[i % upper.length] ? one.toUpperCase() : one) + blanks[i % blanks.length])
          .join('')
        expect(tablesOf(changed, as)).toEqual(tablesOf(all.join(' '), as))
      },
    ),
    { numRuns: 1_000 },
  )
})

const common = ["'x'", "''", "'a ''from visits'", '17', '1.5e3', '/* from visits */', '-- from visits\n']
const literals: Readonly<Record<Dialect, readonly string[]>> = {
  postgres: [
    ...common,
    "E'\\' from visits'",
    '$$ from visits $$',
    '$a$ from $$ visits $a$',
    '/* /* */ from visits */',
    "B'1'",
  ],
  mysql: [...common, "'\\' from visits'", '# from visits\n', "_utf8'from visits'", '0x41', '/* /* from visits */'],
  sqlite: [...common, "x'41'", '/* /* from visits */'],
  mssql: [...common, "N'from visits'", '/* /* */ from visits */'],
}

const noNames: ReadonlySet<string> = new Set()
/** SQLite takes a literal for a name where one must stand. */
const literalNames: ReadonlySet<string> = new Set(['x', "a 'from visits", 'from visits'])

it('names no other table because of a literal or a comment anywhere in it', () => {
  fc.assert(
    fc.property(
      sql,
      dialect,
      fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 8 }),
      (all, as, places) => {
        const known = new Set(tablesOf(all.join(' '), as))
        const filled = [...all]
        for (const [at, which] of places)
          filled.splice(at % (filled.length + 1), 0, literals[as][which % literals[as].length]!)
        const named = as === 'sqlite' ? literalNames : noNames
        const found = tablesOf(filled.join(' '), as).filter((table) => !known.has(table))
        expect(found.filter((table) => !named.has(table.slice(table.indexOf(' ') + 1)))).toEqual([])
      },
    ),
    { numRuns: 2_000 },
  )
})

it('names no table that is not written in it', () => {
  fc.assert(
    fc.property(sql, dialect, (all, as) => {
      const text = all.join(' ').toLowerCase()
      for (const use of tablesOf(text, as))
        for (const part of use.slice(use.indexOf(' ') + 1).split('.')) expect(text).toContain(part)
    }),
  )
})
