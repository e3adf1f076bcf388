/**
 * Names that stand beside their values instead of on them: `{ name: 'password', value }`, `['password', value]`,
 * `['--token', value]`, `{ path: ['password'], input }`.
 */

import { types } from 'node:util'
import type { Judgement, Names } from './names.ts'
import { roles } from './names-roles.ts'
import { readOwn } from './walk-platform.ts'
import { hiddenSecret, isHidden, stricter, unnamed } from './walk-verdicts.ts'

const nameCharsMax = 96
const segmentsMax = 8

/** What the name-carrying members of an object say about its value-carrying ones. */
export function pairVerdict(names: Names, judged: readonly Judgement[], values: readonly unknown[]): Judgement {
  let verdict = unnamed
  for (let i = 0; i < judged.length; i++) {
    if (((judged[i]?.roles ?? 0) & roles.pairName) === 0) continue
    const said = judgeSpoken(names, values[i], judged[i]?.as === 'url')
    if (said !== undefined) verdict = isSpecial(said) && !isHidden(verdict) ? said : stricter(verdict, said)
  }
  return verdict
}

const isSpecial = (name: Judgement) => name.as === 'cookies' || name.as === 'headers' || name.as === 'body'

function judgeSpoken(names: Names, value: unknown, isPath: boolean): Judgement | undefined {
  if (typeof value === 'string')
    return value.length <= nameCharsMax ? names.judge(withoutPlaceholders(value)) : undefined
  // A name of GraphQL is a node: `{ kind: 'Name', value: 'password' }`.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const inner = types.isProxy(value) ? undefined : readOwn(value, 'value')
    return typeof inner === 'string' && inner.length <= nameCharsMax
      ? names.judge(withoutPlaceholders(inner))
      : undefined
  }
  if (!Array.isArray(value) || value.length === 0 || value.length > segmentsMax) return undefined
  let path = ''
  let before = ''
  for (let i = 0; i < value.length; i++) {
    const segment = readOwn(value, i)
    if (typeof segment !== 'string') continue
    const next = isPath || i === 0 ? undefined : verdictOnNext(names, before, i - 1, value.length)
    before = segment
    // What is hidden in its own list tells nothing of what stands beside that.
    if (next !== undefined && !isHarmlessNext(names, String(readOwn(value, i - 1)), segment)) continue
    if (segment.length <= nameCharsMax) path += `.${withoutPlaceholders(segment)}`
  }
  return path === '' ? undefined : names.judge(path.slice(1, 1 + nameCharsMax))
}

/** `asked by [email]` names nothing; `user[email]` does. */
function withoutPlaceholders(text: string): string {
  return text.includes('[') ? text.replace(/(?<!\w)\[[a-z]{2,16}(?: [a-z]{0,12})?(?: \d{1,8})?(?: B)?\]/g, ' ') : text
}

/**
 * What a text in a list says about the item behind it; undefined when nothing. In lists of even length names stand at even
 * places; elsewhere only what is a secret's name counts.
 */
export function verdictOnNext(names: Names, text: string, i: number, length: number): Judgement | undefined {
  if (text.length > nameCharsMax || text.length < 2 || withoutPlaceholders(text) !== text) return undefined
  if (text.charCodeAt(0) === 45) return flagVerdict(names, text)
  const said = names.judge(text)
  // A name of several words is told from a sentence by being nothing but the phrase.
  if (!isNameLike(text) && (length !== 2 || (said.roles & roles.whole) === 0)) return undefined
  if ((!said.plain && (said.roles & roles.whole) === 0) || (!isHidden(said) && said.as !== 'cookies')) return undefined
  return said.as !== 'personal' || (length % 2 === 0 && i % 2 === 0) ? said : undefined
}

function isNameLike(text: string): boolean {
  const code = text.charCodeAt(0) | 32
  return text.length <= 48 && ((code >= 97 && code <= 122) || code > 127 || code === 127) && !text.includes(' ')
}

/** `--token`, `-u`: what follows is theirs. */
function flagVerdict(names: Names, flag: string): Judgement | undefined {
  if (flag.includes('=')) return undefined
  if (flag === '-u' || flag === '-p' || flag === '-H' || flag === '-b') return hiddenSecret
  const said = names.judge(flag)
  return isHidden(said) || said.as === 'cookies' ? said : undefined
}

/** A value that follows `-p` but is a port, and names in lists of names. */
export function isHarmlessNext(names: Names, before: string, text: string): boolean {
  if (before === '-p') return /^\d{1,5}(?::\d{1,5})?$/.test(text)
  if (before.charCodeAt(0) === 45 && text.charCodeAt(0) === 45 && text.length > 2) return true
  if (!isNameLike(text)) return false
  const said = names.judge(text)
  return said.plain && isHidden(said)
}

const assignment = /^(--?[A-Za-z][\w.-]{0,63}|[A-Za-z_][\w.-]{0,63})=[\s\S]/

/** `--token=x` and `TOKEN=x`: the part up to the sign, when its name hits. */
export function assignedName(
  names: Names,
  text: string,
): { readonly head: string; readonly said: Judgement } | undefined {
  if (text.charCodeAt(0) === 91 || text.length > 8_192) return undefined
  const equals = text.indexOf('=')
  if (equals < 1 || equals > 66) return undefined
  const match = assignment.exec(text)
  if (match === null) return undefined
  const said = names.judge(match[1] ?? '')
  return isHidden(said) ? { head: text.slice(0, equals + 1), said } : undefined
}
