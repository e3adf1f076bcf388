/**
 * URLs as they may be written down: scheme, a host that was listed, words of the path, names of the query. User, password,
 * fragment, ids in the path and values of the query go.
 */
import { isIPv4 } from 'node:net'
import { withheld } from './detect-context.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'
import { shownPath } from './url-path.ts'

/** One URL, absolute or relative. Writing the result again changes nothing. */
export function scrubUrl(url: string, opening: Opening): string {
  work.characters += url.length
  const written = write(url, opening)
  if (written !== url) opening.removed('url')
  return written
}

const opaque = /^(data|blob|javascript|mailto|tel|sms|sip|sips|xmpp|urn|magnet|otpauth|bitcoin|about):/i
const scheme = /^((?:jdbc:|git\+|svn\+)?[A-Za-z][A-Za-z0-9+.-]{0,31}(?::[a-z0-9]{1,16})?):\/\//

function write(url: string, opening: Opening): string {
  const plain = opaque.exec(url)
  if (plain !== null) return opaqueUrl(url, (plain[1] ?? '').toLowerCase())
  const found = scheme.exec(url)
  if (found !== null) {
    const [lead, name = ''] = found
    if (name.toLowerCase() === 'file') return `file://${withoutQuery(url.slice(lead.length))}`
    return lead + authorityAndRest(url.slice(lead.length), opening)
  }
  if (url.startsWith('//')) return `//${authorityAndRest(url.slice(2), opening)}`
  return pathAndQuery(url, opening)
}

function opaqueUrl(url: string, name: string): string {
  if (name === 'about' || /^[a-z]{2,12}:\[/.test(url)) return url
  if (name === 'data') {
    const type = /^data:([a-z]{1,20}\/[a-z0-9.+-]{1,60})?/i.exec(url)?.[0] ?? 'data:'
    return `${type},${withheld('data', url)}`
  }
  if (name === 'mailto') return 'mailto:[email]'
  if (name === 'tel' || name === 'sms') return `${name}:[phone]`
  return `${name}:[url]`
}

const withoutQuery = (text: string) => text.split(/[?#]/, 1)[0] ?? ''

function authorityAndRest(text: string, opening: Opening): string {
  let end = firstOf(text, 0, '/?#\\')
  // `//u:p/ss@host`: a password that nobody encoded. What is no port is taken for one, up to the last `@`.
  const colon = text.indexOf(':')
  const last = text.lastIndexOf('@')
  if (
    last > end &&
    colon >= 0 &&
    colon < end &&
    !/^(?:\[|\d{1,5}$)/.test(text.slice(colon + 1, end)) &&
    !text.startsWith('[')
  )
    end = firstOf(text, last, '/?#\\')
  const authority = text.slice(0, end)
  const hosts = authority.slice(authority.lastIndexOf('@') + 1)
  const [listed = '', ...parameters] = hosts.split(';')
  const shown = listed
    .split(',')
    .slice(0, 16)
    .map((one) => shownHost(one, opening))
    .join(',')
  return shown + (parameters.length > 0 ? ';' : '') + pathAndQuery(text.slice(end), opening)
}

function firstOf(text: string, from: number, marks: string): number {
  for (let i = from; i < text.length; i++) if (marks.includes(text.charAt(i))) return i
  return text.length
}

/** A listed host, this machine, or `[host]`; the port stays. */
function shownHost(text: string, opening: Opening): string {
  if (text === '' || text === '[host]') return text
  if (/^\[host\]:\d{1,5}$/.test(text)) return text
  const match = /^(\[[0-9A-Fa-f:.%\w]{2,64}\]|[^:[\]]{0,255})(:\d{1,5})?$/.exec(text)
  if (match === null) return '[host]'
  const [, host = '', port = ''] = match
  const name = host.toLowerCase().replace(/\.$/, '')
  const shown =
    opening.hosts.has(name) || name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'))
  return (shown || host === '' ? host : '[host]') + port
}

function pathAndQuery(text: string, opening: Opening): string {
  const hash = text.indexOf('#')
  const whole = hash < 0 ? text : text.slice(0, hash)
  const mark = whole.indexOf('?')
  if (mark < 0) return shownPath(whole)
  return shownPath(whole.slice(0, mark)) + shownQuery(whole.slice(mark + 1), opening)
}

const parametersMax = 64
const parameterName = /^[A-Za-z_$][A-Za-z_.$-]{0,40}\d{0,2}(?:\[[A-Za-z_-]{0,32}\d{0,2}\]){0,4}$/

/** `?page=&q=`: names, and values of those that were listed. A value without a name is dropped. */
export function shownQuery(query: string, opening: Opening): string {
  work.characters += query.length
  const parts = query.split(/&(?:amp;)?|;/).slice(0, parametersMax)
  const shown: string[] = []
  for (const part of parts) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const name = decoded(part.slice(0, equals))
    if (!parameterName.test(name)) continue
    const value = part.slice(equals + 1)
    shown.push(`${name}=${opening.queryNames.has(name) && plainValue.test(value) ? value : ''}`)
  }
  return shown.length === 0 ? '' : `?${shown.join('&')}`
}

/** What was listed may be shown, but no address, card or token rides on its name. */
const plainValue = /^(?:[A-Za-z][A-Za-z_.-]{0,40}|\d{1,9}|\d{4}-\d\d-\d\d)$/

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
