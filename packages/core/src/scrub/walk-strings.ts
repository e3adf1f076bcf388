/**
 * A text under a name: hidden by the name, passed by its shape, or handed to the rules for texts.
 */
import type { Judgement } from './names.ts'
import { isPassed, passes } from './names-passes.ts'
import { roles } from './names-roles.ts'
import { faultMessage, isFaultWord, withoutInput } from './walk-faults.ts'
import { isFrame, isOpaqueId, isPlainWord, isStatement, looksLikeFullName } from './walk-text.ts'
import { isHidden, placeOfPerson, trusted } from './walk-verdicts.ts'
import { around, type Walker } from './walker.ts'

/** The text as it may be written. */
export function shownText(walk: Walker, text: string, name: Judgement, context: number, level: number): string {
  const { as } = name
  if (name === trusted || isOfTheSystem(text, name)) return text
  if (isHidden(name)) {
    if ((name.passes & passes.ids) !== 0 && isOpaqueId(text)) return walk.text(text, 'id', level)
    if ((name.passes & passes.words) !== 0 && isPlainWord(text)) return text
    if (name.passes > passes.words && isPassed(text, name.passes)) return walk.text(text, 'id', level)
    return text === '' ? '' : walk.hide(text, name)
  }
  if ((as === 'free' || as === 'id') && isPlainWord(text)) return text
  if (name.roles !== 0) {
    if ((name.roles & roles.name) !== 0 && looksLikeFullName(text)) return replaced(walk, '[personal]', 'full-name')
    if ((name.roles & (roles.frames | roles.stack)) !== 0 && isFrame(text)) return text
  }
  if ((context & around.fault) !== 0 && as === 'free') {
    if ((name.roles & roles.message) !== 0) return differing(walk, text, faultMessage(text))
    if ((context & around.insideFault) !== 0 && !isFaultWord(text))
      return replaced(walk, `[withheld text ${text.length} B]`, 'fault')
  }
  if ((name.roles & roles.errorText) !== 0) return differing(walk, text, withoutInput(walk.text(text, as, level)))
  // A segment of a path in a list is a name, and no path.
  if (as === 'url' && !/[/?:#]/.test(text) && walk.names.judge(text).plain) return walk.text(text, 'free', level)
  // A statement keeps its words and loses its literals.
  if (as === 'body' && isStatement(text)) return walk.text(text, 'free', level)
  if (as === 'query') {
    if (/\s/.test(text)) return walk.text(text, isStatement(text) ? 'free' : 'body', level)
    const shown = walk.text(text, as, level)
    // A mark of ours may bring spaces in, and with them the rule above.
    return shown !== text && /\s/.test(shown) ? walk.text(shown, 'body', level) : shown
  }
  if ((context & around.argv) !== 0 && text.startsWith('-p') && text.length > 2 && /[^a-z-]/.test(text))
    return replaced(walk, '-p[secret]', 'option')
  return walk.text(text, as, level)
}

/** What stands where data of a person could, and is the system's own: `user: 'system'`, a region of a cloud, a version of four parts. */
function isOfTheSystem(text: string, name: Judgement): boolean {
  if (name === placeOfPerson) return text.length <= 24 && cloudRegion.test(text)
  if (name.as === 'personal') return text.length <= 12 && systemActors.has(text)
  return name.as === 'id' && text.length <= 16 && fourParts.test(text)
}

const cloudRegion = /^[a-z]{2,12}(?:-[a-z]{2,12}){1,2}-?\d{1,2}[a-z]?$/
const systemActors = new Set([
  'system',
  'anonymous',
  'guest',
  'root',
  'nobody',
  'unknown',
  'service',
  'postgres',
  'nginx',
])
/** Addresses begin so as well, but not under a name for versions and ids. */
const fourParts = /^v?\d(?:\.\d{1,5}){3}$/

function replaced(walk: Walker, placeholder: string, rule: string): string {
  walk.removed(rule)
  return placeholder
}

function differing(walk: Walker, text: string, shown: string): string {
  return shown === text ? text : replaced(walk, shown, 'fault')
}
