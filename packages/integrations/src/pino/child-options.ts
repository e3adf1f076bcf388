/**
 * What a child logger may be told: nothing that puts unscrubbed text into lines.
 *
 * A child's formatters are left out. Its serializers see what was scrubbed and are scrubbed again, since they may hold what
 * they like; so are a censor and a prefix of messages. A serializer that throws costs its value and not the line.
 */
import type { ChildLoggerOptions } from 'pino'
import type { FieldRules } from './fields.ts'

type Serializers = NonNullable<ChildLoggerOptions['serializers']>
type Redact = NonNullable<ChildLoggerOptions['redact']>

/** Options that may go to pino, in place of those given; `undefined` where none were. */
export function cleanChildOptions(
  options: ChildLoggerOptions | null | undefined,
  rules: FieldRules,
  levelOf: (level: string, custom: ChildLoggerOptions['customLevels']) => string,
): ChildLoggerOptions | undefined {
  if (typeof options !== 'object' || options === null) return undefined
  const { level, customLevels, serializers, redact, msgPrefix } = options
  return {
    ...(level !== undefined && { level: levelOf(level, customLevels) }),
    ...(customLevels !== undefined && { customLevels }),
    ...(serializers !== undefined && { serializers: cleanSerializers(serializers, rules) }),
    ...(redact !== undefined && { redact: cleanRedact(redact, rules) }),
    ...(typeof msgPrefix === 'string' && { msgPrefix: rules.text(msgPrefix) }),
  }
}

/** By symbol, too: pino has one of its own there, for the whole object. */
function cleanSerializers(serializers: Serializers, rules: FieldRules): Serializers {
  const clean: Serializers = {}
  for (const key of Reflect.ownKeys(serializers)) {
    const serializer: unknown = Reflect.get(serializers, key)
    if (isFunction(serializer)) Reflect.set(clean, key, cleanFunction(serializer, rules))
  }
  return clean
}

function cleanRedact(redact: Redact, rules: FieldRules): Redact {
  if (Array.isArray(redact)) return redact
  const { censor, ...others } = redact
  const given: unknown = censor
  if (typeof given === 'string') return { ...others, censor: rules.text(given) }
  return isFunction(given) ? { ...others, censor: cleanFunction(given, rules) } : others
}

type Given = (...args: unknown[]) => unknown
const isFunction = (value: unknown): value is Given => typeof value === 'function'

function cleanFunction(given: Given, rules: FieldRules): Given {
  return (...args) => {
    try {
      return rules.scrub(given(...args))
    } catch {
      return '[serializer failed]'
    }
  }
}
