import { aliases, type Catalogue, catalogue } from '../../packages/core/src/catalogue.ts'
import type { EventDefinition, MetadataKind } from '../../packages/core/src/event.ts'
import { columns, type OcsfColumn } from '../../packages/core/src/projections.ts'

/** Renders docs/events.md from the catalogue and its projections. */
export function render(): string {
  const events: Catalogue = catalogue
  const categories = [...new Set(Object.values(events).map((definition) => definition.category))]
  const sections = categories.map((category) => {
    const rows = Object.entries(events).filter(([, definition]) => definition.category === category)
    return section(category, rows)
  })
  const listed = categories.map((category) => `[${titles[category]}](#${anchor(titles[category])})`).join(' · ')
  return `${opening(Object.keys(events).length)}
${listed}

${sections.join('\n\n')}

${projections(Object.keys(events))}
`
}

const titles: Readonly<Record<EventDefinition['category'], string>> = {
  authn: 'Authentication',
  account: 'Accounts',
  authz: 'Authorisation',
  data: 'Personal and other data',
  keys: 'Keys and secrets',
  config: 'Configuration',
  governance: 'Governance',
  security: 'Security',
  system: 'System',
  application: 'Application',
  integration: 'Integrations',
  code: 'Code',
  audit_meta: 'The trail itself',
  alert: 'Alerts and tickets',
  evidence: 'Evidence',
}

function opening(count: number): string {
  const accepted = Object.entries(aliases).map(([alias, name]) => `\`${alias}\` is \`${name}\``)
  return `# Events

<!-- Written by \`pnpm docs\` from packages/core/src/catalogue*.ts; change those. -->

The ${count} events every application has. Record one with \`audit.record('login_failure', { reason: 'invalid_password' })\`; reasons and
metadata that are not in its row do not compile, and are dropped and counted at run time. Your own: \`defineEvents()\`.

- **code**: stable for ever; on a record it ends in S success, F failure, D denied or U unknown, for the outcome: \`ATN002F\`.
- **level**: level and OCSF severity (1 informational, 2 low, 3 medium, 4 high, 5 critical); a caller may raise the severity, never lower it.
- **outcome**: the one written when the caller names none.
- **class**: what happens when the record cannot be made durable. \`block\`: a declared route does not run; \`spool\`: the request goes on and
  a gap is recorded; \`best_effort\`: counted.
- **kept**: retention class. \`standard\` 24 months, \`long\` 7 years, \`keys\` as long as anything that depends on it.
- **metadata**: allow-listed, by kind. *(a|b)* one of these words; *0..9* a whole number; *yes/no*; *time*; *id* an identifier of a fixed shape;
  *token* any text, stored as a keyed token; *masked* any text, stored masked; *personal* any text, sealed for the person it is about. There is no
  free text in clear. *Shown in own activity*: a copy safe to show goes to the ledger of the people it is about ([logs](logs.md)).

Accepted names: ${accepted.join(', ')}.
`
}

function section(category: EventDefinition['category'], rows: readonly (readonly [string, EventDefinition])[]): string {
  const overview = rows.map(([name, definition]) => {
    const { code, level, severity, outcome, action, failureClass, retentionClass, stream } = definition
    const kept = stream === undefined || stream === 'audit' ? retentionClass : `${retentionClass}, ${stream} log`
    return `| \`${name}\` | ${code} | ${level} ${severity} | ${outcome} | ${action} | ${bold(failureClass)} | ${kept} |`
  })
  const details = rows.map(([name, definition]) => {
    const reasons = definition.reasons.join(', ') || '–'
    const metadata = Object.entries(definition.metadata).map(([key, kind]) => `\`${key}\` ${kindText(kind)}`)
    return `| \`${name}\`${notes(definition)} | ${reasons} | ${metadata.join('; ') || '–'} |`
  })
  return `## ${titles[category]}

| event | code | level | outcome | action | class | kept |
|---|---|---|---|---|---|---|
${overview.join('\n')}

| event | reasons | metadata |
|---|---|---|
${details.join('\n')}`
}

function notes(definition: EventDefinition): string {
  const said = [
    ...(definition.requires ?? []).map((field) => `${field} required`),
    ...(definition.unprovedActor ? ['the actor is only claimed'] : []),
    ...(definition.activity ? ['shown in own activity'] : []),
  ]
  return said.length === 0 ? '' : ` (${said.join('; ')})`
}

function bold(failureClass: string): string {
  return failureClass === 'block' ? '**block**' : failureClass
}

function kindText(kind: MetadataKind): string {
  switch (kind.kind) {
    case 'enum':
      return `*(${kind.values.join('\\|')})*`
    case 'boolean':
      return '*yes/no*'
    case 'integer':
      return `*${bound(kind.min)}..${bound(kind.max)}*`
    case 'token':
      return '*token*'
    case 'mask':
      return `*masked ${kind.mask}*`
    default:
      return `*${kind.kind}*`
  }
}

function bound(value: number): string {
  return Math.abs(value) === Number.MAX_SAFE_INTEGER ? (value < 0 ? '−' : '') : value.toLocaleString('en-US')
}

function projections(names: readonly string[]): string {
  const table: Readonly<Record<string, (typeof columns)[keyof typeof columns]>> = columns
  const rows = names.map((name) => {
    const row = table[name]
    if (row === undefined) throw new Error(`no projection for ${name}`)
    const was = place(row.was)
    const is = place(row.is)
    const { category, type, kind } = row.ecs
    return `| \`${name}\` | ${was} | ${is === was ? '' : is} | ${category.join(', ')} | ${type.join(', ')} | ${kind === 'alert' ? 'alert' : ''} |`
  })
  return `## In OCSF and ECS

\`toOcsf(record, '1.8.0' | '1.9.0')\` and \`toEcs(record)\` of \`@trailmark/core/projections\` make these from stored records. OCSF is class/activity;
an empty 1.9.0 column means the same as in 1.8.0. A denied record adds the ECS type \`denied\` where ECS allows it.

| event | OCSF 1.8.0 | 1.9.0 | ECS category | ECS type | kind |
|---|---|---|---|---|---|
${rows.join('\n')}`
}

function place(column: OcsfColumn): string {
  return `${column.class}/${column.activity} ${column.name}`
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
