/**
 * The second net: every detector, each only where the text has what it looks for. The order matters: what is nested before what
 * is flat, what is named before what is found by its shape.
 */
import { openJsonWithin } from './body-json.ts'
import { openMarkupWithin } from './body-markup.ts'
import { hideGraphqlLiterals, hideLiterals, isGraphql } from './body-query.ts'
import { hideAssigned } from './detect-assignment.ts'
import { hideCredentials } from './detect-credentials.ts'
import { hideMailboxes } from './detect-email.ts'
import { feature, featuresOf } from './detect-features.ts'
import { hideAddresses } from './detect-network.ts'
import { hideNumbers } from './detect-numbers.ts'
import { hidePeople } from './detect-people.ts'
import { hideQuotedInput } from './detect-quoted-input.ts'
import { hideSaid } from './detect-sentences.ts'
import { hideTokens } from './detect-tokens.ts'
import { hideSpelled } from './embedded-runs.ts'
import { openStringsWithin } from './embedded-strings.ts'
import { hidePromised, stems } from './entropy.ts'
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { hideUrls } from './url-find.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

/** The text without what any detector knows. `seen` are its features. */
export function detect(text: string, seen: number, as: NameClass, opening: Opening, scrub: ScrubText): string {
  const has = (bits: number) => (seen & bits) !== 0
  let shown = has(feature.encoded) ? openStringsWithin(text, opening, scrub) : text
  if (has(feature.bracket) && opening.depth < 4) shown = openMarkupWithin(shown, opening, scrub)
  if (has(feature.bracket) && opening.depth < 4) shown = openJsonWithin(shown, opening)
  if (has(feature.quote | feature.bracket | feature.digits) || as === 'body' || shown.includes('$$'))
    shown = hideLiterals(shown, opening)
  if (has(feature.bracket) && isGraphql(shown)) shown = hideGraphqlLiterals(shown, opening)
  shown = hideQuotedInput(shown, opening)
  if (has(feature.url | feature.assign | feature.at)) shown = hideUrls(shown, opening)
  if (has(feature.run | feature.option | feature.assign) || seen !== 0) shown = hideCredentials(shown, opening)
  if (has(feature.run | feature.mixed)) shown = hideTokens(shown, opening)
  if (has(feature.address)) shown = hideAddresses(shown, opening)
  if (has(feature.assign)) shown = hideAssigned(shown, opening)
  if (has(feature.at | feature.bracket)) shown = hideMailboxes(shown, opening)
  const digitsTell = as !== 'id' && as !== 'time'
  if (digitsTell && has(feature.digits | feature.wide | feature.mixed)) {
    if (has(feature.digits | feature.wide | feature.run) || passport.test(shown)) shown = hidePeople(shown, opening)
    if (has(feature.digits | feature.wide)) shown = hideNumbers(shown, has(feature.wide), opening)
  }
  if (digitsTell) shown = hideSaid(shown, opening)
  if (promises(shown)) shown = hidePromised(shown, has(feature.option), opening)
  if (has(feature.run | feature.digits | feature.bracket)) shown = hideSpelled(shown, opening)
  return shown
}

const passport = /passport|passepor|reisepass|pasaport|passaport|ausweis|licen[cs]e|national|born|dob|birth/i

function promises(text: string): boolean {
  work.characters += text.length
  stems.lastIndex = 0
  return stems.test(text)
}

/** `detect` for a text whose features are not known yet. */
export function detectAnew(text: string, as: NameClass, opening: Opening, scrub: ScrubText): string {
  return detect(text, featuresOf(text), as, opening, scrub)
}
