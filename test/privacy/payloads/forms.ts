/** Forms: urlencoded, bracketed, multipart, and the objects parsers make of them. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const encode = encodeURIComponent
const boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW'
const part = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

function formData(): FormData {
  const form = new FormData()
  form.set('email', p.email.value)
  form.set('password', p.password.value)
  return form
}

export const forms = payloads('bodies', [
  [
    'login body',
    () => ({ body: `username=${p.username.value}&password=${encode(p.password.value)}&remember=on` }),
    [p.username, p.password],
  ],
  [
    'login body as a message',
    () => `username=${p.username.value}&password=${encode(p.password.value)}`,
    [p.username, p.password],
  ],
  [
    'body under a neutral name',
    () => ({ dump: `a=1&password=${encode(p.quotedPassword.value)}&b=2` }),
    [p.quotedPassword],
  ],
  [
    'spaces as plus',
    () => ({ body: `pass=${encode(p.spacedPassword.value).replaceAll('%20', '+')}&x=1` }),
    [p.spacedPassword],
  ],
  [
    'percent-encoded names',
    () => ({ body: `%70assword=${encode(p.password.value)}&user%5Bemail%5D=${encode(p.email.value)}` }),
    [p.password, p.email],
  ],
  [
    'brackets',
    () => ({ body: `user[name]=${encode(p.name.value)}&user[password]=${p.shortPassword.value}&user[tags][]=a` }),
    [p.name, p.shortPassword],
  ],
  [
    'bracketed keys of an object',
    () => ({ 'user[password]': p.password.value, 'user[profile][ssn]': p.ssn.value, 'user[active]': 'true' }),
    [p.password, p.ssn],
  ],
  [
    'dotted keys',
    () => ({
      'user.credentials.password': p.password.value,
      'user.address.street': p.street.value,
      'user.logins.count': 12,
    }),
    [p.password, p.street],
    [12],
  ],
  [
    'client credentials',
    () => ({ data: `grant_type=client_credentials&client_id=web&client_secret=${p.clientSecret.value}` }),
    [p.clientSecret],
  ],
  ['refresh grant', () => `grant_type=refresh_token&refresh_token=${p.refresh.value}`, [p.refresh]],
  [
    'card form',
    () => ({
      payload: `number=${p.card.value}&exp=12%2F29&cvc=${p.cvv.value}&name=${encode(p.name.value).replaceAll('%20', '+')}`,
    }),
    [p.card, p.cvv, p.name],
  ],
  [
    'semicolons between',
    () => ({ body: `login=${p.username.value};password=${p.plainPassword.value};go=1` }),
    [p.username, p.plainPassword],
  ],
  ['bytes of a form', () => ({ rawBody: Buffer.from(`password=${p.password.value}`), size: 33 }), [p.password], [33]],
  [
    'multipart text',
    () => ({ body: `${part('email', p.email.value)}${part('password', p.password.value)}--${boundary}--\r\n` }),
    [p.email, p.password],
  ],
  [
    'multipart as a message',
    () => `${part('token', p.resetToken.value)}${part('comment', 'fine')}--${boundary}--`,
    [p.resetToken],
  ],
  [
    'multipart with file',
    () => ({
      rawBody: `--${boundary}\r\nContent-Disposition: form-data; name="cv"; filename="${p.lastName.value}.txt"\r\nContent-Type: text/plain\r\n\r\nI am ${p.name.value}, ${p.email.value}\r\n--${boundary}--`,
    }),
    [p.lastName, p.name, p.email],
  ],
  ['multipart cut short', () => ({ body: `${part('password', p.password.value).slice(0, -2)}` }), [p.password]],
  ['FormData', () => ({ form: formData(), step: 3 }), [p.email, p.password], [3]],
  [
    'form-data streams',
    () => ({
      _streams: [`--${boundary}\r\nContent-Disposition: form-data; name="password"\r\n\r\n`, p.password.value, '\r\n'],
      _overheadLength: 102,
    }),
    [p.password],
    [102],
  ],
  [
    'formidable fields',
    () => ({ fields: { email: [p.email.value], password: [p.password.value] }, files: {} }),
    [p.email, p.password],
  ],
  [
    'positional name and value',
    () => [
      { name: 'password', value: p.password.value },
      { name: 'page', value: '2' },
    ],
    [p.password],
  ],
  [
    'serializeArray of jQuery',
    () => ({
      serializeArray: [
        { name: 'email', value: p.email.value },
        { name: 'card_number', value: p.card.value },
      ],
    }),
    [p.email, p.card],
  ],
  [
    'react-hook-form state',
    () => ({
      dirtyFields: { password: true },
      values: { password: p.password.value, confirmPassword: p.password.value, email: p.email.value },
      submitCount: 2,
    }),
    [p.password, p.email],
    [2],
  ],
  [
    'formik',
    () => ({
      values: { cardNumber: p.card.value, cvc: p.cvv.value },
      touched: { cardNumber: true },
      errors: { cvc: 'Required' },
      isSubmitting: false,
    }),
    [p.card, p.cvv],
  ],
  [
    'two arrays',
    () => ({ fields: ['username', 'password'], values: [p.username.value, p.password.value] }),
    [p.username, p.password],
  ],
  [
    'columns and rows',
    () => ({
      columns: ['id', 'email', 'password_hash'],
      rows: [
        [1, p.email.value, p.refresh.value],
        [2, p.emailTwo.value, p.hexKey.value],
      ],
      rowCount: 2,
    }),
    [p.email, p.refresh, p.emailTwo, p.hexKey],
    [2],
  ],
  [
    'field and message',
    () => ({ errors: [{ field: 'password', rejectedValue: p.shortPassword.value, code: 'Size' }] }),
    [p.shortPassword],
    ['Size'],
  ],
  [
    'question and answer',
    () => ({
      fields: [
        { label: 'Security answer', value: p.answer.value },
        { label: 'Password', value: p.password.value },
      ],
    }),
    [p.answer, p.password],
  ],
])
