/**
 * People and secrets in sentences and protocols, told by the words around them: `my name is …`, `patient …`, a street with its
 * number, a changed password, words of a wallet, `AUTH …`, passports' machine-readable lines, `user/password@//host`.
 */
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

interface Sentence {
  readonly rule: string
  /** Must occur, as a cheap look before the expression. */
  readonly needs: RegExp
  /** What stays, then what goes; nothing else is matched. */
  readonly shape: RegExp
  readonly mask: string
}

const capital = "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}"

export const sentences: readonly Sentence[] = [
  {
    rule: 'full-name',
    needs: /name is|I am|I'm|atient|ustomer|M[rs]|Dr\.?|poke with|igned by|aller|mployee|for patient/,
    shape: new RegExp(
      `((?:[Nn]ame is|I am|I'm|[Pp]atient|[Cc]ustomer|Mrs?\\.?|Ms\\.?|Dr\\.?|[Ss]poke with|[Ss]igned by|[Cc]aller|[Ee]mployee)[: ]{1,2})(${capital}(?: ${capital}){1,3})`,
      'gu',
    ),
    mask: '[personal]',
  },
  {
    rule: 'street',
    needs:
      / (?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Crescent|Court|Ct|Boulevard|Blvd|Way|Place|Square|Terrace|Close|Gardens|Row)(?!\w)/,
    shape:
      /((?<![\w.])(?=\d))\d{1,5}[A-Za-z]? (?:[A-Z][a-z'’-]{1,24} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Crescent|Court|Ct|Boulevard|Blvd|Way|Place|Square|Terrace|Close|Gardens|Row)(?![\w])/g,
    mask: '[personal]',
  },
  {
    rule: 'street',
    needs: /stra(?:ss|\u00df)e|weg|gasse|platz|allee/,
    shape:
      /((?<!\p{L})(?=\p{Lu}))\p{Lu}\p{L}{1,30}(?:stra\u00dfe|strasse|str\.|weg|gasse|platz|allee) \d{1,4}[a-z]?(?!\w)/gu,
    mask: '[personal]',
  },
  {
    rule: 'changed',
    needs: /from/,
    shape:
      /((?:[Pp]assword|[Ss]ecret|[Tt]oken|[Kk]ey|[Pp]assphrase|PIN|pin)\S{0,16} (?:was |has been )?(?:changed|updated|reset|rotated|renamed) from )(?!\[)\S{1,256} to \S{1,256}/g,
    mask: '[secret]',
  },
  {
    rule: 'changed',
    needs: / from /,
    shape:
      /((?:hanged|pdated|eset|otated) (?:password|secret|token|key|passphrase|pin) from )(?!\[)\S{1,256} to \S{1,256}/gi,
    mask: '[secret]',
  },
  {
    rule: 'session',
    needs: /ession id /,
    shape: /(session id )(?!\[)(?=[\w.-]{0,64}\d)[\w.-]{8,256}/gi,
    mask: '[secret]',
  },
  {
    rule: 'imap',
    needs: / LOGIN /,
    shape: /((?<!\S)[A-Za-z]?\d{1,6} LOGIN \S{1,256} )(?!\[)\S{1,256}/g,
    mask: '[secret]',
  },
  {
    rule: 'wifi',
    needs: /WIFI:/,
    shape: /(WIFI:(?:[A-OQ-Z]:[^;]{0,64};){0,4}P:)(?!\[)[^;]{1,128}/g,
    mask: '[secret]',
  },
  {
    rule: 'track',
    needs: /\^/,
    shape: /(\^)[A-Z' -]{2,26}\/[A-Z' -]{1,26}(?=\^)/g,
    mask: '[personal]',
  },
  {
    rule: 'code',
    needs: /code/i,
    shape:
      /((?:verification|security|confirmation|access|one[- ]time|login|auth\w{0,12}|2fa|mfa|sms|reset|pass)[ -]?code(?: is|:| was)? )(?:\d[ -]?){3,9}\d/gi,
    mask: '[secret]',
  },
  {
    rule: 'code',
    needs: / is your /,
    shape: /((?<![\w.-]))\d{4,8}(?= is your [\w .-]{0,40}(?:code|pin|otp|password)(?!\w))/gi,
    mask: '[secret]',
  },
  {
    rule: 'document',
    needs: /licen[cs]e|IMEI|NI number|nsurance/,
    shape:
      /((?:licen[cs]e(?: (?:no|number|nr))?\.?|NI number|National Insurance(?: (?:no|number))?|IMEI)[ :#]{1,3}(?:is )?)(?=[A-Z]{0,4}\d{3})[A-Z0-9]{6,20}(?![\w-])/gi,
    mask: '[id]',
  },
  {
    rule: 'user',
    needs: /[Uu]ser(?:name)? /,
    shape:
      /((?<!\w)[Uu]ser(?:name)? )[a-z]{2,20}\.[a-z]{2,20}(?= (?:logged|signed|has|was|is|not|does|failed|cannot)(?!\w))/g,
    mask: '[personal]',
  },
  {
    rule: 'home',
    needs: /\/home\/|[\\/]Users[\\/]/,
    shape:
      /((?<![\w.])(?:\/home\/|\/Users\/|[A-Za-z]:\\{1,4}Users\\{1,4}|[A-Za-z]:\/Users\/))(?!(?:node|runner|app|ubuntu|circleci|vscode|Shared|Public|Default|:v)[\\/])[\w.@-]{1,64}(?=[\\/])/g,
    mask: ':v',
  },
  {
    rule: 'link',
    needs: /magic|reset|invit|verif|confirm|activat/,
    shape:
      /((?<![\w.@/-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}\/(?:[\w-]{1,40}\/){0,4}(?:magic|reset|invit|verif|confirm|activat)[\w-]{0,20}\/)(?!:v)[\w.~-]{6,256}/gi,
    mask: ':v',
  },
  {
    rule: 'cvv',
    needs: /cv[vc]/i,
    shape: /((?<![A-Za-z])(?:cvv2?|cvc2?|cid|csc)\S{0,2}[ :=]{1,3}(?:is )?)\d{3,4}(?!\d)/gi,
    mask: '[cvv]',
  },
  {
    rule: 'wallet',
    needs: /(?:seed|nemonic|ecovery|allet|phrase|words)/,
    shape: /((?:seed|nemonic|ecovery|allet|phrase|words)[^\n]{0,32}[: ])(?:[a-z]{3,8} ){11,23}[a-z]{3,8}(?![a-z])/g,
    mask: '[secret]',
  },
  {
    rule: 'redis-auth',
    needs: /AUTH/,
    shape: /((?<![\w-])AUTH(?:"|\s|\\r|\\n){1,4})(?!failed|error|required|\[)[\s\S]{1,512}/g,
    mask: '[secret]',
  },
  {
    rule: 'redis-value',
    needs: /SET|PUBLISH|APPEND|PUSH|SADD|ZADD/i,
    shape:
      /("(?:P?SETEX|SET|SETNX|GETSET|M?SETNX?|HM?SET|APPEND|[LR]PUSH|SADD|ZADD|PUBLISH)" "[^"\n]{1,256}" )"(?!\[)[^\n]{1,4096}/gi,
    mask: '[input]',
  },
  {
    rule: 'redis-config',
    needs: /requirepass|masterauth/i,
    shape: /((?:requirepass|masterauth)["\s,:=]{1,4})(?!\[)[^\s"]{1,256}/gi,
    mask: '[secret]',
  },
  {
    rule: 'hcl',
    needs: /default/,
    shape:
      /(variable "[\w-]{0,48}(?:password|secret|token|key|pwd)[\w-]{0,24}" \{[^}]{0,256}default\s{0,16}=\s{0,4}")(?!\[)[^"\n]{1,512}/g,
    mask: '[secret]',
  },
  {
    rule: 'session',
    needs: /sess/,
    shape: /((?<![A-Za-z])sess(?:ion)?:)(?!\[)[\w-]{12,256}/g,
    mask: '[secret]',
  },
  {
    rule: 'option',
    needs: /mysql|mariadb/,
    shape: /((?:mysql|mariadb)[\w-]{0,12}(?: (?!-p)[^\s]{1,128}){0,12} -p)(?!\[)[^\s-][^\s]{0,255}/g,
    mask: '[secret]',
  },
  {
    rule: 'option',
    needs: /redis-cli/,
    shape: /(redis-cli(?: (?!-a )\S{1,128}){0,12} -a )(?!\[)\S{1,256}/g,
    mask: '[secret]',
  },
  {
    rule: 'oracle',
    needs: /@\/\//,
    shape: /((?<!\S)(?:[a-z:]{0,40}:)?)(?!\[)[\w.$-]{1,64}\/[^\s@/]{1,128}@(?=\/\/)/g,
    mask: '[secret]@',
  },
  {
    rule: 'connection-string',
    needs: /Key=/,
    shape: /((?:Instrumentation|SharedAccess|Shared|Access|Account|Primary|Secondary)Key=)(?!\[)[^;&"'\s]{6,512}/g,
    mask: '[secret]',
  },
  {
    rule: 'mrz',
    needs: /<</,
    shape:
      /((?<![A-Z0-9<]))(?:[PIACV][A-Z<][A-Z]{3}[A-Z]{1,36}<<?[A-Z<]{2,40}|[A-Z0-9<]{9,20}\d[A-Z]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,20})/g,
    mask: '[id]',
  },
  {
    rule: 'passenger',
    needs: /\d\.[A-Z]/,
    shape: /((?<!\w)\d\.)[A-Z]{2,30}\/[A-Z]{2,30}(?: M(?:RS|R|S|ISS))?(?!\w)/g,
    mask: '[personal]',
  },
]

/** One look for all of them: most texts have none of these words. */
const anyNeeded = new RegExp(sentences.map(({ needs }) => needs.source).join('|'), 'i')

/** The text with what such sentences say replaced. */
export function hideSaid(text: string, opening: Opening): string {
  work.characters += text.length
  if (!anyNeeded.test(text)) return text
  let shown = text
  for (const { rule, needs, shape, mask } of sentences) {
    work.characters += shown.length
    if (!needs.test(shown)) continue
    shown = shown.replace(shape, (match: string, lead: string) => {
      if (match.slice(lead.length).startsWith(mask)) return match
      opening.removed(rule)
      return lead + mask
    })
  }
  return shown
}

/** Texts whose every line is about a person: contact cards, calendars, HL7, SWIFT. They have a shape of their own. */
export const registers =
  /^\s{0,16}(?:BEGIN:V(?:CARD|CALENDAR|EVENT)|MSH\||PID\|\d|(?:\{1:F01|:20:[\w/-]{1,16}(?:\n|\r|\\)))/
