/** `trailmark reveal`: what is sealed in one record, for whoever has the keys and a purpose; recorded before it is shown. */
import { KeysError, openKeys } from '@trailmark/keys'
import { type FoundRecord, findPeople, findRecord, type RecordPlace } from '@trailmark/query'
import type { Command } from '../command.ts'
import { CliError, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { purposeFrom } from '../filter-options.ts'
import { type Location, locate, locationOptions } from '../location.ts'
import { printable, printableJson } from '../printable.ts'
import { closedText } from '../reveal/closed-text.ts'
import { bornIn, isToken, type NamedPerson, type Opened, openRecord } from '../reveal/opened.ts'
import { recordReveal } from '../reveal/record.ts'
import type { Terminal } from '../terminal.ts'

export const revealCommand: Command = {
  name: 'reveal',
  summary: 'Open what is sealed in one record: who it was, the full address, personal fields. Recorded first.',
  usage: 'trailmark reveal <record> --purpose <word> [options]',
  positionals: ['record'],
  options: {
    purpose: { type: 'string', value: 'word', help: 'why it has to be known, such as incident-4711; required' },
    'break-glass': {
      type: 'boolean',
      help: 'go past the limit of 20 reveals an hour; recorded as break_glass_access, which alerts',
    },
    ...locationOptions,
  },
  example: `trailmark reveal 0199c2a4-77aa-7cc1-b0d5-0a4f6f3d9c11 --purpose incident-4711

record   0199c2a4-77aa-7cc1-b0d5-0a4f6f3d9c11  clinic/audit.standard/w-3f9c1e7a22b0 n 40
time     2026-01-15T10:04:07.880Z
event    authz_deny
actor    usr_8f3k2p
address  203.0.113.77`,

  async run(invocation, terminal) {
    const place = placeFrom(invocation.positionals[0])
    const purpose = purposeFrom(invocation)
    if (purpose === undefined) throw usageError('reveal: say why with --purpose, such as --purpose incident-4711')
    const location = await locate(invocation, terminal)
    if (location.copy) throw copyRefused(location)
    const keys = openKeys({ dir: location.keysDir, create: false })
    // Nothing of this is personal: it is what stands in the trail, as query shows it.
    const found = await find(location, place, terminal)
    const { record } = found
    const about = bornIn(record)
    if (about.size === 0)
      throw new CliError(
        'CLI_NOTHING_SEALED',
        `nothing is sealed in record ${record.id}, and it names nobody with a key`,
      )
    const breakGlass = invocation.flag('break-glass')
    const request = { recordId: record.id, purpose, breakGlass }
    // The people as well are opened only once the attempt is on record: see the order of awaits in recordReveal().
    const opened = await recordReveal(location, keys, request, terminal, async () => {
      const known = await findPeople(location.root, keys, about, { signal: terminal.signal })
      return openRecord(found, keys, known)
    })
    if (opened.rows === 0) throw closedError(record.id, opened)
    await show(found, opened, invocation.flag('json'), terminal)
    const amiss = [...opened.closed, ...opened.people].some(({ error }) => error !== undefined && error !== erased)
    return amiss ? exitCodes.finding : exitCodes.ok
  },
}

const erased = 'KEYS_SUBJECT_ERASED'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const placeShape = /^([^\s]{1,500})\/(\d{1,15})$/

function placeFrom(text: string | undefined): RecordPlace {
  if (text === undefined) throw usageError('reveal: name a record by its id, or by its ledger and n: w-3f9c1e7a22b0/40')
  if (uuid.test(text)) return { id: text.toLowerCase() }
  const [, ledger, n] = placeShape.exec(text) ?? []
  if (ledger === undefined)
    throw usageError('reveal: a record is named by its id, or by its ledger and n: w-3f9c1e7a22b0/40')
  return { ledger, n: Number(n) }
}

function copyRefused({ root, configured }: Location): CliError {
  const why = `${root} is a copy outside of ${configured}; personal data is shown only where that can be recorded`
  return new CliError('CLI_NOT_RECORDED', `${why}, so this reveal is refused: reveal from the trail itself`)
}

async function find({ root }: Location, place: RecordPlace, { signal }: Terminal): Promise<FoundRecord> {
  const found = await findRecord(root, place, { signal })
  if (found !== undefined) return found
  const name = 'id' in place ? `with the id ${place.id}` : `at ${place.ledger}/${place.n}`
  throw new CliError('CLI_NOT_FOUND', `no record ${printable(name)} below ${root}`)
}

/** Nothing could be opened: the first reason speaks for all. */
function closedError(recordId: string, { closed, people }: Opened): Error {
  const error = [...closed, ...people].find((one) => one.error !== undefined)?.error
  if (error === undefined)
    return new CliError('CLI_NOTHING_SEALED', `nothing in record ${recordId} can be turned back into anybody`)
  return new KeysError(error, `record ${recordId} stays closed: ${closedText(error)}`)
}

async function show({ record }: FoundRecord, opened: Opened, json: boolean, { out }: Terminal): Promise<ExitCode> {
  const { people, address, fields, closed } = opened
  const { dir, n } = record.position
  if (json) {
    const said = { record: record.id, ledger: dir, n, time: record.timestamp, event: record.event_type }
    const text = JSON.stringify({ ...said, people, address, fields, closed })
    await out.write(`${out.tty ? printableJson(text) : text}\n`)
    return exitCodes.ok
  }
  const rows: [string, string][] = [
    ['record', `${record.id}  ${dir} n ${n}`],
    ['time', record.timestamp],
    ['event', record.event_type],
    ...people.map((person): [string, string] => [person.role.replaceAll('_', ' '), personText(person)]),
    ...(address === undefined ? [] : [['address', address] as [string, string]]),
    // Their names may be a caller's as well: none of them may pass for a row of ours.
    ...Object.entries(fields).map(([name, value]): [string, string] => [`metadata.${name}`, fieldText(value)]),
    ...closed.map(({ pseudonym, error }): [string, string] => [
      'closed',
      `${pseudonym}: ${closedText(error)} (${error})`,
    ]),
  ]
  const width = Math.max(...rows.map(([name]) => printable(name).length))
  for (const [name, text] of rows) {
    await out.write(`${out.paint('dim', printable(name).padEnd(width))}  ${printable(text)}\n`)
  }
  return exitCodes.ok
}

function personText({ pseudonym, id, tenant, error, anonymous }: NamedPerson): string {
  if (id !== undefined) return tenant === undefined ? plain(id) : `${plain(id)} (tenant ${plain(tenant)})`
  if (error !== undefined) return `${pseudonym}: ${closedText(error)} (${error})`
  if (anonymous) return 'anonymous visitor'
  return isToken(pseudonym)
    ? `${pseudonym}: an unproved name, kept as a token that cannot be turned back`
    : `${pseudonym}: its birth is not on record here`
}

/** People choose their names: one with spaces could say anything that stands here in words of ours. */
function plain(id: string): string {
  return /^[^\s"()]+$/u.test(id) ? id : JSON.stringify(id)
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
