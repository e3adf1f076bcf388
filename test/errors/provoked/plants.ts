/**
 * The values that are planted: distinctive, so that finding one, or a piece of one, is never a coincidence.
 *
 * Tokens are put together here, so that no scanner takes this file for a leak.
 */
export const person = {
  name: 'Quirina Zandvoort',
  email: 'quirina.zandvoort@plantmail.example',
  user: 'qzandvoort71',
  phone: '+31 6 4188 2093',
  ssn: '529-83-4410',
  birth: '1971-03-29',
  street: '14 Wyckerbrugstraat',
  diagnosis: 'schizoaffective-F25.1',
  card: '4556737586899855',
  iban: 'NL91ABNA0417164300',
} as const

export const secret = {
  password: 'Tr0ub4dor-zebra-77',
  databasePassword: 'pg-Hunter-kiwi-4821',
  apiKey: `sk_${'live_'}51HxPLNTq8Zw3uVb7Kd`,
  bearer: 'bq7Zx-mR2vN9pLw4Tk6Yc1',
  session: 's%3AxK29vQwLm81TzPfRb3',
  awsKey: `AKIA${'QZPLNT7XW3UVB4KD'}`,
  hmac: 'zebra-hmac-shared-8841-kiwi',
} as const

/** A file that is named after somebody. */
export const file = '/srv/qz-archive/quirina-zandvoort-mri.dcm'

/** A body as clients send it. */
export const body = {
  name: person.name,
  email: person.email,
  ssn: person.ssn,
  password: secret.password,
} as const
export const bodyPlanted: readonly string[] = Object.values(body)
