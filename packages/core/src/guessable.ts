/**
 * Names of values with so few possibilities that nothing may be made of them that stays equal for equal values: a birthday,
 * a PIN, a yes or no. Whoever counts how often each token occurs knows which is which, and no key helps against counting.
 *
 * The same list twice: as a type, so that it does not compile, and as a function, for the start and for callers without
 * types. `defineEvents()` refuses such tokens; in `changes` the values are left out.
 */

/** Words that say it, wherever they stand in a name. */
const words = [
  'pin',
  'otp',
  'cvv',
  'cvc',
  'birth',
  'birthday',
  'birthdate',
  'birthyear',
  'dob',
  'yob',
  'age',
  'gender',
  'sex',
  'pronoun',
  'pronouns',
  'initials',
  'salutation',
  'zip',
  'zipcode',
  'postcode',
  'plz',
  'ssn',
  'nationality',
  'citizenship',
  'country',
  'religion',
  'race',
  'ethnicity',
  'marital',
  'married',
  'pregnant',
  'deceased',
  'disabled',
  'smoker',
  'blood',
  'weekday',
  'bool',
  'boolean',
  'yes',
] as const

/** A name that begins with one of these asks a question, and the answer is yes or no. */
const questions = ['is', 'has', 'was', 'had', 'can', 'may', 'wants', 'accepts'] as const

type Word = (typeof words)[number]

/** A name in snake_case that says the value is easily guessed: `pin`, `user_pin`, `date_of_birth`, `is_pregnant`. */
export type GuessableName =
  | Word
  | `${Word}_${string}`
  | `${string}_${Word}`
  | `${string}_${Word}_${string}`
  | `${(typeof questions)[number]}_${string}`

const known: ReadonlySet<string> = new Set(words)
const asked: ReadonlySet<string> = new Set(questions)
const nameCharsMax = 200

/** True for such a name, in snake_case, camelCase or with dashes and dots. */
export function isGuessableName(name: string): boolean {
  const parts = name
    .slice(0, nameCharsMax)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .filter((part) => part !== '')
  return (parts.length > 1 && asked.has(parts[0] ?? '')) || parts.some((part) => known.has(part))
}
