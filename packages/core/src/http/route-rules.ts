/**
 * What the option `routes` may say of a route, and what of it is a mistake: `{ route: '/patients/:id', read: 'patient' }`.
 *
 * A rule becomes the same statement that `audited.read('patient', { … })` makes; only its questions are paths into the request
 * instead of functions, so that it may stand in a file.
 */
import type { Catalogue } from '../catalogue.ts'
import { AuditError } from '../errors.ts'
import { classifyName } from '../scrub/names.ts'
import { checkKnownStatement } from './access-options.ts'
import { compilePath, type RoutedRequest } from './route-paths.ts'
import { compileTemplate, type RouteTemplate, splitPath } from './route-template.ts'
import { accessVerbs, type Question, type Statement } from './statement.ts'

/**
 * One rule. It names one of the verbs with its resource, `event`, `login`, `logout` or `exempt`; `event` beside a verb names
 * the event that is recorded in place of the verb's own. Paths begin with `params`, `query`, `body` or `headers`.
 */
export interface RouteRule {
  /** One or several; default every method but OPTIONS. GET stands for HEAD as well. */
  readonly method?: string | readonly string[]
  /** `/patients/:id`; `*` is one segment, at the end any number. As the client writes it, prefixes included. */
  readonly route: string
  readonly read?: string
  readonly create?: string
  readonly update?: string
  readonly delete?: string
  readonly export?: string
  readonly search?: string
  readonly share?: string
  readonly event?: string
  readonly login?: true
  readonly logout?: true
  /** Why the route needs no record. */
  readonly exempt?: string
  /** Path of the identifier of what is touched: `params.id`. */
  readonly id?: string
  /** Path of the identifiers of the people it is about. */
  readonly subject?: string
  /** Path of the identifier of the target's owner. */
  readonly owner?: string
  /** Path of the ticket: `headers.x-ticket`. */
  readonly ticket?: string
  readonly purpose?: string
  readonly legalBasis?: string
  readonly permission?: string
  readonly class?: string
  /** Of a login: path of who wants to come in, `body.email`. */
  readonly user?: string
  /** Of a login: how, `password`. */
  readonly authMethod?: string
  /** Of a login: a redirect to this template is a refusal: `/login`. */
  readonly failedRedirect?: string
}

/** A rule, checked. */
export interface CompiledRule {
  readonly template: RouteTemplate
  /** In upper case; undefined for every one but OPTIONS. */
  readonly methods: ReadonlySet<string> | undefined
  readonly says: { readonly exempt: string } | Statement<[RoutedRequest]>
}

const grounds = ['ticket', 'purpose', 'legalBasis']
const membersOf: Readonly<Record<'access' | 'event' | 'login' | 'logout' | 'exempt', readonly string[]>> = {
  access: ['id', 'subject', 'owner', 'permission', 'class', 'event', ...grounds],
  event: ['subject', ...grounds],
  login: ['user', 'authMethod', 'failedRedirect'],
  logout: [],
  exempt: [],
}
const words: readonly string[] = [...accessVerbs, 'login', 'logout', 'exempt']
const textCharsMax = 256
const methodsMax = 20

/** Checks one rule. Throws `AUDIT_OPTION_INVALID` that names `at` (`routes[3]`) and the member. */
export function compileRule(rule: unknown, at: string, catalogue: Catalogue): CompiledRule {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) throw invalid(at, 'must be an object')
  const members = new Map(Object.entries(rule).filter(([, value]) => value !== undefined))
  const template = compileTemplate(text(members, 'route', at))
  if (typeof template === 'string') throw invalid(`${at}.route`, template)
  const methods = methodsOf(members.get('method'), at)
  members.delete('route')
  members.delete('method')
  const named = [...members.keys()].filter((name) => words.includes(name))
  const [name = members.has('event') ? 'event' : undefined] = named
  if (name === undefined || named.length > 1)
    throw invalid(at, `names ${named.join(' and ') || 'nothing'}; it must name one of ${words.join(', ')}, event`)
  const says = statementOf(name, new Members(members, at, template), at)
  if (!('exempt' in says)) checkKnownStatement(at, says, catalogue)
  return { template, methods, says }
}

function statementOf(name: string, members: Members, at: string): CompiledRule['says'] {
  const verb = accessVerbs.find((one) => one === name)
  if (verb !== undefined) {
    const resource = members.name(verb, 'access')
    const { id, subject, owner, permission, class: dataClass, event } = members.optional()
    return {
      kind: 'access',
      verb,
      resource,
      options: {
        ...path('id', id),
        ...path('subject', subject),
        ...path('owner', owner),
        ...members.grounds(),
        ...(permission === undefined ? {} : { permission }),
        ...(dataClass === undefined ? {} : { class: dataClass }),
        ...(event === undefined ? {} : { event }),
      },
    }
  }
  if (name === 'exempt') return { exempt: members.name('exempt', 'exempt') }
  if (name === 'event') {
    const type = members.name('event', 'event')
    return { kind: 'event', type, options: { ...path('subject', members.optional().subject), ...members.grounds() } }
  }
  if (name === 'logout') {
    members.flag('logout')
    return { kind: 'logout', options: {} }
  }
  members.flag('login')
  const { user, authMethod, failedRedirect } = members.optional()
  const form = failedRedirect === undefined ? undefined : compileTemplate(failedRedirect)
  if (typeof form === 'string') throw invalid(`${at}.failedRedirect`, form)
  return {
    kind: 'login',
    options: {
      ...path('user', user),
      ...(authMethod === undefined ? {} : { method: authMethod }),
      ...(form === undefined ? {} : { failed: (request) => leadsTo(form, request.redirect()) }),
    },
  }

  function path<K extends string>(
    member: K,
    written: string | undefined,
  ): { readonly [N in K]?: Question<[RoutedRequest]> } {
    const question = members.path(member, written)
    return question === undefined ? {} : ({ [member]: question } as { [N in K]: Question<[RoutedRequest]> })
  }
}

/** Whether an answer sends the client there. */
function leadsTo(template: RouteTemplate, location: string | undefined): boolean {
  const path = location === undefined ? undefined : splitPath(location)
  return path !== undefined && template.match(path) !== undefined
}

/** The members of one rule, each a text where it is read. */
class Members {
  readonly #members: ReadonlyMap<string, unknown>
  readonly #at: string
  readonly #template: RouteTemplate

  constructor(members: ReadonlyMap<string, unknown>, at: string, template: RouteTemplate) {
    this.#members = members
    this.#at = at
    this.#template = template
  }

  /** The text behind the word that tells the rules apart; every other member must be one that this kind has. */
  name(word: string, kind: keyof typeof membersOf): string {
    this.#only(word, kind)
    return text(this.#members, word, this.#at)
  }

  flag(word: 'login' | 'logout'): void {
    this.#only(word, word)
    if (this.#members.get(word) !== true) throw invalid(`${this.#at}.${word}`, 'must be true')
  }

  optional(): Readonly<Record<string, string | undefined>> {
    const texts: Record<string, string> = {}
    for (const name of this.#members.keys())
      if (!words.includes(name)) texts[name] = text(this.#members, name, this.#at)
    return texts
  }

  path(member: string, written: string | undefined): Question<[RoutedRequest]> | undefined {
    if (written === undefined) return undefined
    const question = compilePath(written, this.#template.names)
    if (typeof question === 'string') throw invalid(`${this.#at}.${member}`, question)
    return question
  }

  grounds(): { readonly purpose?: string; readonly legalBasis?: string; readonly ticket?: Question<[RoutedRequest]> } {
    const { purpose, legalBasis, ticket } = this.optional()
    const asked = this.path('ticket', ticket)
    // A ticket stands in clear, where identifiers are tokens.
    if (ticket?.split('.').some((step) => classifyName(step) === 'secret'))
      throw invalid(`${this.#at}.ticket`, 'names a secret, and a ticket is written as it is')
    return {
      ...(purpose === undefined ? {} : { purpose }),
      ...(legalBasis === undefined ? {} : { legalBasis }),
      ...(asked === undefined ? {} : { ticket: asked }),
    }
  }

  #only(word: string, kind: keyof typeof membersOf): void {
    for (const name of this.#members.keys()) {
      if (name === word || membersOf[kind].includes(name)) continue
      const has = membersOf[kind].length === 0 ? 'no others' : membersOf[kind].join(', ')
      throw invalid(`${this.#at}.${name.slice(0, 40)}`, `is no member of a rule with ${word}; it has ${has}`)
    }
  }
}

function methodsOf(method: unknown, at: string): ReadonlySet<string> | undefined {
  if (method === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(method) ? method : [method]
  const methods = new Set<string>()
  for (const one of list) {
    if (typeof one !== 'string' || !/^[A-Za-z-]{1,20}$/.test(one) || list.length > methodsMax)
      throw invalid(`${at}.method`, 'must be a method or a list of them')
    methods.add(one.toUpperCase())
  }
  if (methods.size === 0) throw invalid(`${at}.method`, 'must be a method or a list of them')
  // Frameworks answer HEAD with what GET would say.
  if (methods.has('GET')) methods.add('HEAD')
  return methods
}

function text(members: ReadonlyMap<string, unknown>, name: string, at: string): string {
  const value = members.get(name)
  if (typeof value === 'string' && value.trim() !== '' && value.length <= textCharsMax) return value
  throw invalid(`${at}.${name}`, `must be a text of 1 to ${textCharsMax} characters`)
}

export function invalid(at: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${at} ${problem}`)
}
