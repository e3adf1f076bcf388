/** Zod, Joi, Yup, Valibot, class-validator, Ajv and whoever reports as they do: which rule was broken where. */
import { isReadable, isReadableList, own } from '../scrub/read.ts'
import type { Adapter, Finding } from './adapter.ts'
import { isFieldName, pathOf, pathOfText } from './field-name.ts'
import { listOf, memberNames, objectIn, objectsIn, objectsOf, textIn } from './fields.ts'

const findingsMax = 20
const ruleShape = /^[A-Za-z$][A-Za-z0-9_.$]{0,47}$/

function ruleIn(from: object, key: string): string {
  const rule = textIn(from, key, ruleShape)
  return rule !== undefined && !/\d{4}/.test(rule) ? rule : '*'
}

/** The rules that object to the name of a member: that name is the sender's choice. */
const unknownNames: ReadonlySet<string> = new Set([
  'unrecognized_keys',
  'invalid_key',
  'object.unknown',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'noUnknown',
  'strict_object',
  'whitelistValidation',
  'record',
  'object.and',
  'object.rename.override',
])

/**
 * Where one issue of a validator is, and which rule it is about; undefined for what is no issue. Issues are often logged without
 * the error that gathered them.
 */
export function findingOf(issue: object): Finding | undefined {
  if (typeof own(issue, 'message') !== 'string') return undefined
  if (typeof own(issue, 'keyword') === 'string') return ajvFinding(issue)
  const path = own(issue, 'path')
  const key = ['code', 'type', 'rule', 'kind'].find((name) => typeof own(issue, name) === 'string')
  if (!isReadableList(path) || (key === undefined && !Object.hasOwn(issue, 'locations'))) return undefined
  const rule = key === undefined ? '*' : ruleIn(issue, key)
  const parts = listOf(path).map((part) => (isReadable(part) ? own(part, 'key') : part))
  return { path: pathOf(parts, unknownNames.has(rule) && rule !== 'unrecognized_keys'), rule }
}

export const zodAdapter: Adapter = {
  library: 'zod',
  describe(error, { names }) {
    const zod = names.has('ZodError') || names.has('$ZodError') || names.has('ZodRealError')
    if (!zod) return undefined
    const list = own(error, 'issues') ?? own(objectIn(error, '_zod') ?? {}, 'def')
    const findings = objectsOf(list, findingsMax).map((issue) => {
      const rule = ruleIn(issue, 'code')
      return { path: pathOf(listOf(own(issue, 'path')), unknownNames.has(rule) && rule !== 'unrecognized_keys'), rule }
    })
    return { details: { findings } }
  },
}

export const joiAdapter: Adapter = {
  library: 'joi',
  describe(error) {
    const details = objectsIn(error, 'details', findingsMax)
    const [first] = details
    if (first === undefined || !isReadableList(own(first, 'path')) || typeof own(first, 'type') !== 'string')
      return undefined
    const findings = details.map((one) => {
      const rule = ruleIn(one, 'type')
      return { path: pathOf(listOf(own(one, 'path')), unknownNames.has(rule)), rule }
    })
    return { details: { findings } }
  },
}

export const yupAdapter: Adapter = {
  library: 'yup',
  describe(error, { names }) {
    if (!names.has('ValidationError') || !isReadableList(own(error, 'inner'))) return undefined
    const inner = objectsIn(error, 'inner', findingsMax)
    const findings = (inner.length === 0 ? [error] : inner).map((one) => {
      const rule = ruleIn(one, 'type')
      return { path: pathOfText(own(one, 'path') ?? '', unknownNames.has(rule)), rule }
    })
    return { details: { findings } }
  },
}

export const valibotAdapter: Adapter = {
  library: 'valibot',
  describe(error, { names }) {
    const issues = objectsIn(error, 'issues', findingsMax)
    const [first] = issues
    const shaped = first !== undefined && Object.hasOwn(first, 'kind') && Object.hasOwn(first, 'type')
    if (!names.has('ValiError') && !shaped) return undefined
    const findings = issues.map((issue) => {
      const rule = ruleIn(issue, 'type')
      const path = objectsIn(issue, 'path').map((item) => own(item, 'key'))
      return { path: pathOf(path, unknownNames.has(rule)), rule }
    })
    return { details: { findings } }
  },
}

/** These are no errors but thrown lists of objects, with trees below them. */
export const classValidatorAdapter: Adapter = {
  library: 'class-validator',
  describe(error) {
    const members = isReadableList(error) ? objectsOf(error, findingsMax) : [error]
    const findings: Finding[] = []
    for (const member of members) {
      if (
        !Object.hasOwn(member, 'property') ||
        !(Object.hasOwn(member, 'constraints') || Object.hasOwn(member, 'children'))
      ) {
        return undefined
      }
      collect(member, [], findings)
    }
    return findings.length === 0 ? undefined : { details: { findings } }
  },
}

function collect(member: object, above: readonly unknown[], findings: Finding[]): void {
  const path = [...above, own(member, 'property')]
  for (const name of memberNames(objectIn(member, 'constraints')) ?? []) {
    if (findings.length >= findingsMax) return
    findings.push({ path: pathOf(path, unknownNames.has(name)), rule: name })
  }
  if (path.length >= 8) return
  for (const child of objectsIn(member, 'children', findingsMax)) collect(child, path, findings)
}

/** Ajv's own class, and Fastify's errors, which carry Ajv's list. */
export const ajvAdapter: Adapter = {
  library: 'ajv',
  describe(error) {
    for (const key of ['validation', 'errors']) {
      const list = objectsIn(error, key, findingsMax)
      const [first] = list
      if (first === undefined || typeof own(first, 'keyword') !== 'string') continue
      const place = textIn(error, 'validationContext', /^(?:body|querystring|params|headers|response)$/)
      return { details: { context: place, findings: list.map(ajvFinding) } }
    }
    return undefined
  },
}

function ajvFinding(one: object): Finding {
  const rule = ruleIn(one, 'keyword')
  const path = pathOfText(own(one, 'instancePath') ?? own(one, 'dataPath') ?? '')
  const missing = own(objectIn(one, 'params') ?? {}, 'missingProperty')
  const below = rule === 'required' && isFieldName(missing) ? missing : undefined
  return { path: below === undefined ? path : path === '(root)' ? below : `${path}.${below}`, rule }
}

/** Standard Schema: a list of issues whose path is of keys, or of objects with a key. */
export const standardSchemaAdapter: Adapter = {
  library: 'standard-schema',
  describe(error) {
    const issues = objectsIn(error, 'issues', findingsMax)
    if (issues.length === 0 || !issues.every((one) => typeof own(one, 'message') === 'string')) return undefined
    const findings = issues.map((issue) => ({
      path: pathOf(listOf(own(issue, 'path')).map((part) => (isReadable(part) ? own(part, 'key') : part))),
      rule: ruleIn(issue, 'code'),
    }))
    return { details: { findings } }
  },
}
