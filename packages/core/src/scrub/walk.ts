/**
 * The walk over a value: a copy in which every name was judged, every text scrubbed and every bound kept.
 *
 * Only own data properties are read, by descriptor; proxies are not asked; no method of the value runs. Whatever is written
 * counts towards the bounds, not what was read: so a second walk over the result stops nowhere earlier and changes nothing.
 */
import { types } from 'node:util'
import { shapedError, shapedFinding } from '../fault/shape.ts'
import { Message } from '../message.ts'
import { placeholderOf } from '../secret.ts'
import type { Account } from './account.ts'
import { isPaymentCard } from './card.ts'
import type { Judgement, Names } from './names.ts'
import { passes } from './names-passes.ts'
import { roles } from './names-roles.ts'
import { isPlaceholder, tooDeep, tooMany } from './placeholder.ts'
import { unreadable } from './read.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { scrubText } from './text.ts'
import { copySkeleton, copyStack } from './walk-errors.ts'
import { brandOf, kindOfPrototype } from './walk-kinds.ts'
import { copyList } from './walk-lists.ts'
import { copyMembers } from './walk-members.ts'
import { copySpecial } from './walk-special.ts'
import { shownText } from './walk-strings.ts'
import { isFrame, isInternationalNumber, isStackText } from './walk-text.ts'
import { isHidden, unnamed } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

const depthMax = 12
const nodesMax = 2_000
/** Characters written for one value, besides those of the last text. */
const charsMax = 65_536
const openingsMax = 4
/** A number from here on is a time in seconds; months and years are smaller. */
const firstEpoch = 1e8

/** What a walk needs of its scrubber. */
export interface WalkRules {
  readonly names: Names
  readonly hosts: ReadonlySet<string>
  readonly queryNames: ReadonlySet<string>
  /** What is detected besides the built-in rules, in a text that passed those. */
  readonly detect: ((text: string, removed: (rule: string) => void) => string) | undefined
}

/** One walk: made for one value, and not used again. */
export class Walk implements Opening, Walker {
  readonly names: Names
  readonly hosts: ReadonlySet<string>
  readonly queryNames: ReadonlySet<string>
  readonly account: Account | undefined
  readonly #detect: WalkRules['detect']
  /** How many strings within strings are open. */
  depth = 0
  /** A bound was reached: nothing more is written. */
  full = false
  #level = 0
  #nodes = 0
  #chars = 0
  /** The objects above the current one: a value may appear twice, but not inside itself. */
  readonly #above: object[] = []

  constructor(rules: WalkRules, account?: Account) {
    this.names = rules.names
    this.hosts = rules.hosts
    this.queryNames = rules.queryNames
    this.#detect = rules.detect
    this.account = account
  }

  /** How many more nodes may be written. */
  get nodesLeft(): number {
    return nodesMax - this.#nodes
  }

  classify(name: string): NameClass {
    return this.names.judge(name).as
  }

  removed(rule: string): void {
    this.account?.add(rule)
  }

  value(parsed: unknown, name: string): unknown {
    if (this.depth >= openingsMax) return '[withheld]'
    const level = this.#level
    this.depth += 1
    const copied = this.copy(parsed, name === '' ? unnamed : this.names.judge(name), 0, level + 1)
    this.depth -= 1
    this.#level = level
    return copied
  }

  /** A copy of one value under a name. */
  copy(value: unknown, name: Judgement, context: number, level: number): unknown {
    if (this.#nodes >= nodesMax || this.#chars >= charsMax) {
      if (!this.full) this.removed('bound')
      this.full = true
      return tooMany
    }
    this.#nodes += 1
    switch (typeof value) {
      case 'string':
        if ((name.roles & roles.stack) !== 0 && !isHidden(name) && isStackText(value) && !isFrame(value))
          return copyStack(this, value)
        return this.written(value, name, context, level)
      case 'number':
        return Number.isFinite(value) ? this.#number(value, name) : this.written(String(value), name, context, level)
      case 'boolean':
        return isHidden(name) && (name.passes & passes.booleans) === 0 ? this.hide(value, name) : value
      case 'object':
        return value === null ? null : this.#object(value, name, context, level)
      case 'undefined':
        return undefined
      case 'bigint':
        return this.written(String(value), name, context, level)
      case 'symbol':
        return isHidden(name) ? this.hide(value, name) : value === unreadable ? '[getter]' : '[symbol]'
      default:
        return isHidden(name) ? this.hide(value, name) : '[function]'
    }
  }

  written(text: string, name: Judgement, context: number, level: number): string {
    return this.#write(shownText(this, text, name, context, level))
  }

  /** What stands in the place of a value whose name hits. */
  hide(value: unknown, name: Judgement): string {
    if (typeof value === 'string' && isPlaceholder(value)) return value
    this.removed(name.as === 'secret' ? 'name:secret' : `name:${name.placeholder.slice(1, -1)}`)
    return this.#write(name.placeholder)
  }

  /** One text by the rules for texts. */
  text(text: string, as: NameClass, level: number): string {
    if (isPlaceholder(text)) return text
    // A number in the international form is nothing else, whatever its name.
    if (isInternationalNumber(text)) return this.#replaced('[phone]', 'phone')
    this.#level = level
    const shown = scrubText(text, as, this)
    return this.#detect === undefined ? shown : this.#detect(shown, (rule) => this.removed(rule))
  }

  wrote(chars: number, nodes: number): void {
    this.#chars += chars
    this.#nodes += nodes
  }

  #write(text: string): string {
    this.#chars += text.length
    return text
  }

  #replaced(placeholder: string, rule: string): string {
    this.removed(rule)
    return placeholder
  }

  #number(value: number, name: Judgement): number | string {
    const { as } = name
    if (isHidden(name)) {
      const passed = (name.passes & passes.numbers) !== 0 || ((name.passes & passes.times) !== 0 && value >= firstEpoch)
      return passed ? value || 0 : this.hide(value, name)
    }
    if (value >= 1e12 && as !== 'time' && as !== 'id' && Number.isSafeInteger(value) && isPaymentCard(String(value)))
      return this.#write(this.#replaced('[card]', 'card'))
    // JSON knows no minus zero.
    return value || 0
  }

  #object(value: object, name: Judgement, context: number, level: number): unknown {
    const hidden = isHidden(name)
    if (hidden && (name.passes & passes.objects) === 0) return this.hide(value, name)
    if (types.isProxy(value)) return '[proxy]'
    if (level >= depthMax) return tooDeep
    if (this.#above.includes(value)) return '[circular]'
    this.#above.push(value)
    const copied = this.#inside(value, name, context, level)
    this.#above.pop()
    return copied
  }

  #inside(value: object, name: Judgement, context: number, level: number): unknown {
    if (Array.isArray(value)) return copyList(this, value, name, context, level)
    // A view has a key for each byte: listing those of an upload would take seconds.
    if (ArrayBuffer.isView(value)) return copySpecial(this, value, 'bytes', name, context, level)
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) {
      const shaped =
        name.as === 'free' || name.as === 'body'
          ? shapedError(value, (name.roles & roles.error) !== 0, this.hosts)
          : undefined
      if (shaped !== undefined) return copySkeleton(this, shaped, level)
      return copyMembers(this, shapedFinding(value) ?? value, name, context, level)
    }
    const placeholder = placeholderOf(value)
    if (placeholder !== undefined) return this.#write(this.#replaced(placeholder, 'wrapped'))
    const message = Message.textOf(value)
    if (message !== undefined) return this.written(message, name, context, level)
    const kind = brandOf(value) ?? kindOfPrototype(prototype)
    return copySpecial(this, value, kind, name, context, level)
  }
}
