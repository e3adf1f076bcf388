/**
 * Every message template, in the order in which they are tried: a library's own before phrases that many use.
 *
 * To add one, write it into the file of its family. `*` is dropped, `#` is a number that is kept: see `template.ts`.
 */
import { compileTemplates, matchTemplate, type TemplateTable, withoutInput } from './template.ts'
import {
  documentTemplates,
  mysqlTemplates,
  ormTemplates,
  postgresTemplates,
  storeTemplates,
} from './templates-database.ts'
import { clientTemplates, serverTemplates, socketTemplates } from './templates-http.ts'
import { jsonTemplates, languageTemplates } from './templates-language.ts'
import { nodeTemplates, warningTemplates } from './templates-node.ts'
import { commonTemplates, serviceTemplates, tokenTemplates } from './templates-service.ts'
import { parserTemplates, validationTemplates } from './templates-validation.ts'

const lists = [
  jsonTemplates,
  languageTemplates,
  nodeTemplates,
  warningTemplates,
  tokenTemplates,
  postgresTemplates,
  mysqlTemplates,
  documentTemplates,
  storeTemplates,
  clientTemplates,
  serverTemplates,
  socketTemplates,
  serviceTemplates,
  validationTemplates,
  parserTemplates,
  ormTemplates,
]

/** Compiled when the first message is asked about: a start waits for none of them. */
let compiled: { readonly table: TemplateTable; readonly phrases: TemplateTable } | undefined

function templates(): { readonly table: TemplateTable; readonly phrases: TemplateTable } {
  compiled ??= { table: compileTemplates(...lists), phrases: compileTemplates(commonTemplates) }
  return compiled
}

/** Query builders put the statement before the database's own words: `insert into … - duplicate key …`. */
const statement = /^(?:insert into|update|select|delete from|with) /i

/** The template of a message: `Duplicate entry * for key *`. Undefined when none is registered. */
export function templateOf(message: string): string | undefined {
  const { table, phrases } = templates()
  if (statement.test(message.slice(0, 16))) {
    const dash = message.lastIndexOf(' - ')
    const said = dash < 0 ? undefined : matchTemplate(table, message.slice(dash + 3))
    if (said !== undefined) return said
  }
  return matchTemplate(table, message) ?? matchTemplate(phrases, message)
}

/** A message in a text, with `[input]` for what the library put into its own words; undefined when no library's words are known. */
export function messageWithoutInput(message: string): string | undefined {
  return withoutInput(templates().table, message.length > messageCharsMax ? message.slice(0, messageCharsMax) : message)
}

const messageCharsMax = 2_048
