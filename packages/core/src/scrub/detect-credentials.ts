/**
 * Credentials told by what stands around them: authorization schemes, key blocks, hashes of passwords, connection strings,
 * web hooks whose address is the secret.
 */
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** The text without credentials. `run` and the like are checked by the caller; each expression here is bounded. */
export function hideCredentials(text: string, opening: Opening): string {
  work.characters += text.length * 4
  let hidden = text
  const hide = (
    shape: RegExp,
    mask: string,
    rule: string,
    keep?: (match: string, lead: string, value: string) => boolean,
  ) => {
    hidden = hidden.replace(shape, (match: string, lead: string, value: string) => {
      if (keep?.(match, lead, value)) return match
      opening.removed(rule)
      return lead + mask
    })
  }
  if (hidden.includes('-----')) hidden = withoutKeyBlocks(hidden, opening)
  hide(schemes, '[secret]', 'authorization', (_match, lead, value) => isProse(lead, value))
  if (hidden.includes('$')) hide(passwordHash, '[hash]', 'password-hash')
  if (hidden.includes('{')) hide(ldapHash, '[hash]', 'password-hash')
  if (hidden.includes('ssh-') || hidden.includes('ecdsa-')) hide(sshKey, '[key]', 'ssh-key')
  if (hidden.includes('ssword=') || hidden.includes('Pwd=') || hidden.includes('sig='))
    hide(connectionPart, '[secret]', 'connection-string')
  if (hidden.includes('-u ') || hidden.includes('--user')) hide(userOption, '[secret]', 'option')
  if (hidden.includes('PuTTY-User-Key-File')) {
    opening.removed('putty-key')
    hidden = `${hidden.slice(0, hidden.indexOf('PuTTY-User-Key-File'))}[key]`
  }
  return hidden
}

/** `Bearer x`, also behind a colon or in quotes; the scheme stays. */
export const schemes =
  /((?<![\w-])(?:Bearer|Basic|Negotiate|NTLM|ApiKey|Api-Key|Digest|Hawk|AWS4-HMAC-SHA256|SharedAccessSignature|SharedKey|GoogleLogin|OAuth|Token)(?: {1,3}|%20|\+|: ))((?![[ ])(?:[\w-]{1,32}="[^"\n]{0,4096}"|[^\s"'`<>\\]{4,8192})(?:, ?[\w-]{1,32}="?[^\s",]{0,4096}"?){0,24})/gi
/** Hashes that systems keep in place of passwords: crypt, bcrypt, argon2, scrypt, PBKDF2, phpass. */
export const passwordHash =
  /()(\$(?:2[abxy]?|argon2(?:i|d|id)|[156yP]|sha1|md5|scrypt|s0|pbkdf2(?:-sha\d{1,3})?|apr1|7|bcrypt-sha256)\$[^\s"'`<>]{8,512})/g
export const ldapHash =
  /()(\{(?:SSHA|SHA|SMD5|MD5|CRYPT|SSHA256|SSHA512|PBKDF2(?:-SHA\d{1,3})?)\}[A-Za-z0-9+/=$.]{8,512})/gi
export const sshKey =
  /((?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}) )([A-Za-z0-9+/=]{16,8192}(?: [^\s"'`]{1,128})?)/g
/** Parts of connection strings; the value goes to the semicolon, spaces and all. */
export const connectionPart = /((?:Password|password|Pwd|pwd|PWD|sig)=)((?!\[)[^;&"'\r\n]{1,256})/g
/** `curl -u name:password`. */
export const userOption = /((?<!\S)(?:-u|--user)[ =]["']?)((?!\[)[^\s:"']{1,128}:[^\s"']{1,256})/g

/** "Basic usage", "token expired": a word, not a value. */
function isProse(lead: string, value: string): boolean {
  if (value.startsWith('[')) return true
  // The checksum of a file, not a header.
  if (/^digest/i.test(lead) && /^(?:sha-?\d{1,3}|md5)[:=-][0-9a-f]{16,128}\b/i.test(value)) return true
  const first = /^[^,;.:)]{0,64}/.exec(value)?.[0] ?? ''
  if (/^(?:Token|OAuth|Basic|Digest|Negotiate|Hawk)\b/i.test(lead))
    return /^[A-Za-z]{1,24}$/.test(first) && !hasInnerCapital.test(first)
  return /^(?:[a-z]{1,24}|[A-Z][a-z]{1,24})$/.test(first) && first.length === value.replace(/[,;.:)]{1,3}$/, '').length
}

const hasInnerCapital = /[a-z][A-Z]/

/** From BEGIN to END, or to where the text was cut; also what stands before an END whose BEGIN is missing. */
function withoutKeyBlocks(text: string, opening: Opening): string {
  work.characters += text.length
  let out = ''
  let from = 0
  let end = text.indexOf('-----END ')
  let begin = text.indexOf('-----BEGIN ')
  for (;;) {
    if (begin >= 0 && begin < from) begin = text.indexOf('-----BEGIN ', from)
    if (end >= 0 && end < from) end = text.indexOf('-----END ', from)
    if (begin < 0 && end < 0) return out + text.slice(from)
    opening.removed('key-block')
    if (begin >= 0 && (end < 0 || begin < end)) out += text.slice(from, begin)
    if (!out.endsWith('[key]')) out += '[key]'
    if (end < 0) return out
    const ended = text.slice(end + 9, end + 80).indexOf('-----')
    from = Math.min(text.length, ended < 0 ? end + 60 : end + ended + 14)
  }
}
