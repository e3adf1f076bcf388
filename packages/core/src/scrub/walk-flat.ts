/**
 * Members whose names are paths, `req.headers.authorization`, as loggers of flat lines write them: judged as they would be where
 * they were nested, and written under their own names again.
 */
import { Nested } from './body-flat.ts'
import type { Judgement } from './names.ts'
import { isHidden, unnamed } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

const dotted = /^[\w$-]{1,64}(?:\.[\w$-]{1,64}){1,9}$/

const isPath = (key: string) => key.length <= 160 && key.includes('.') && dotted.test(key)

/** True where some name is a path. */
export function isFlat(keys: readonly string[]): boolean {
  for (const key of keys) if (isPath(key)) return true
  return false
}

/** How single members are written: `walk-members.ts` hands this in, which knows of paths through here. */
export interface MemberWriting {
  copyMembers(walk: Walker, value: object, name: Judgement, context: number, level: number): unknown
  put(
    walk: Walker,
    copied: Record<string, unknown>,
    key: string,
    verdict: Judgement,
    plain: boolean,
    value: unknown,
    context: number,
    level: number,
  ): void
  setMember(copied: Record<string, unknown>, shown: string, written: unknown): void
}

export function copyFlat(
  { copyMembers, put, setMember }: MemberWriting,
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  name: Judgement,
  context: number,
  level: number,
): unknown {
  const own: number[] = []
  // A key with a dot that is no path is data, and has rules of its own.
  for (let i = 0; i < values.length; i++) if (isPath(keys[i] ?? '') || !keys[i]?.includes('.')) own.push(i)
  const nested = new Nested(own.map((i) => ({ name: keys[i] ?? '', value: values[i] })))
  const scrubbed = nested.roots.map((root) => copyMembers(walk, root, name, context, level))
  const copied: Record<string, unknown> = {}
  let place = 0
  for (let i = 0; i < values.length && (!walk.full || place < own.length); i++) {
    const key = keys[i] ?? ''
    const verdict = walk.names.judge(key)
    const isOwn = own[place] === i
    const shown = isOwn ? nested.read(place++, scrubbed) : undefined
    // What was nested is written already; of the rest nothing more once a bound is reached.
    if (walk.full && (!isOwn || shown === undefined)) continue
    // The whole name may say more than its parts.
    if (!isOwn || isHidden(verdict)) put(walk, copied, key, verdict, verdict.plain, values[i], context, level)
    else if (!verdict.plain) put(walk, copied, key, unnamed, false, shown ?? values[i], context, level)
    else if (shown !== undefined) setMember(copied, key, shown)
  }
  return copied
}
