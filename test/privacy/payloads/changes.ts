/** Change lists, issues of validators, and forms in which the name of a value stands beside it. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const changes = payloads('structures', [
  [
    'field, before, after',
    () => ({
      changes: [
        { field: 'email', before: p.email.value, after: p.emailTwo.value },
        { field: 'plan', before: 'free', after: 'team' },
      ],
    }),
    [p.email, p.emailTwo],
    ['free', 'team'],
  ],
  [
    'field, old, new',
    () => [{ field: 'password', oldValue: p.shortPassword.value, newValue: p.newPassword.value }],
    [p.shortPassword, p.newPassword],
  ],
  [
    'path and value',
    () => [
      { op: 'replace', path: '/user/password', value: p.plainPassword.value },
      { op: 'add', path: '/plan', value: 'pro' },
    ],
    [p.plainPassword],
    ['replace', 'pro'],
  ],
  [
    'JSON patch of an address',
    () => [{ op: 'replace', path: '/address/street', value: p.street.value }],
    [p.street],
    ['replace'],
  ],
  [
    'JSON patch as text',
    () => ({ body: JSON.stringify([{ op: 'replace', path: '/ssn', value: p.ssn.value }]) }),
    [p.ssn],
  ],
  [
    'attribute and values',
    () => ({ attribute: 'lastName', values: [p.lastName.value, p.maidenName.value] }),
    [p.lastName, p.maidenName],
  ],
  [
    'object of pairs',
    () => ({
      diff: {
        firstName: [p.firstName.value, 'x'],
        passwordHash: { from: p.refresh.value, to: p.hexKey.value },
        seats: [3, 4],
      },
    }),
    [p.firstName, p.refresh, p.hexKey],
  ],
  [
    'before and after',
    () => ({ before: { email: p.email.value, plan: 'free' }, after: { email: p.emailTwo.value, plan: 'team' } }),
    [p.email, p.emailTwo],
    ['free', 'team'],
  ],
  [
    'deep-diff',
    () => [{ kind: 'E', path: ['user', 'phone'], lhs: p.phone.value, rhs: p.phoneE164.value }],
    [p.phone, p.phoneE164],
    ['E'],
  ],
  [
    'deep-diff of a password',
    () => [{ kind: 'E', path: ['credentials', 'password'], lhs: p.shortPassword.value, rhs: p.newPassword.value }],
    [p.shortPassword, p.newPassword],
  ],
  [
    'pairs',
    () => [
      ['password', p.plainPassword.value],
      ['retries', 3],
    ],
    [p.plainPassword],
    [3],
  ],
  ['one pair', () => ['password', p.plainPassword.value], [p.plainPassword]],
  ['entries of an object', () => ({ entries: Object.entries({ token: p.csrf.value, page: 2 }) }), [p.csrf], [2]],
  [
    'flat list of names and values',
    () => ['user', p.username.value, 'password', p.plainPassword.value],
    [p.plainPassword],
  ],
  ['key and val', () => ({ k: 'api_key', v: p.hexKey.value }), [p.hexKey]],
  [
    'Key and Value of AWS tags',
    () => ({
      Tags: [
        { Key: 'OwnerEmail', Value: p.email.value },
        { Key: 'Stage', Value: 'prod' },
      ],
    }),
    [p.email],
  ],
  ['id and value', () => [{ id: 'password', value: p.plainPassword.value, type: 'password' }], [p.plainPassword]],
  [
    'input descriptions',
    () => ({
      inputs: [
        { type: 'password', value: p.plainPassword.value },
        { type: 'email', value: p.email.value },
        { type: 'number', value: 12 },
      ],
    }),
    [p.plainPassword, p.email],
    [12],
  ],
  ['setting and data', () => ({ setting: 'smtp_password', data: p.smtpPassword.value }), [p.smtpPassword]],
  ['parameter and argument', () => ({ parameter: 'secret', argument: p.hexKey.value }), [p.hexKey]],
  ['property and content', () => ({ property: 'dateOfBirth', content: p.birthday.value }), [p.birthday]],
  [
    'zod issues',
    () => ({
      issues: [
        { code: 'invalid_string', path: ['email'], message: 'Invalid email', received: p.email.value },
        { code: 'too_small', path: ['password'], minimum: 8, input: p.shortPassword.value },
      ],
    }),
    [p.email, p.shortPassword],
    ['invalid_string', 'too_small', 8],
  ],
  [
    'zod issue of a key',
    () => ({
      issues: [
        { code: 'unrecognized_keys', keys: [p.email.value], path: [], message: `Unrecognized key: "${p.email.value}"` },
      ],
    }),
    [p.email],
    ['unrecognized_keys'],
  ],
  [
    'joi details',
    () => ({
      details: [
        {
          type: 'string.email',
          message: '"email" must be a valid email',
          context: { label: 'email', value: p.username.value, key: 'email' },
        },
      ],
      _original: { email: p.username.value, password: p.password.value },
    }),
    [p.username, p.password],
    ['string.email'],
  ],
  [
    'yup',
    () => ({
      errors: ['email must be a valid email'],
      inner: [{ path: 'email', params: { value: p.emailTwo.value, originalValue: p.emailTwo.value } }],
      value: { password: p.password.value },
    }),
    [p.emailTwo, p.password],
  ],
  [
    'ajv errors',
    () => ({
      errors: [
        {
          instancePath: '/cardNumber',
          keyword: 'pattern',
          params: { pattern: '^[0-9]+$' },
          data: p.card.value,
          parentSchema: { type: 'string' },
        },
      ],
    }),
    [p.card],
    ['pattern'],
  ],
  [
    'express-validator',
    () => ({
      errors: [
        { type: 'field', value: p.shortPassword.value, msg: 'Invalid value', path: 'password', location: 'body' },
      ],
    }),
    [p.shortPassword],
    ['Invalid value'],
  ],
  [
    'class-validator',
    () => [
      {
        property: 'password',
        value: p.shortPassword.value,
        target: { email: p.email.value, password: p.shortPassword.value },
        constraints: { minLength: 'password must be longer' },
      },
    ],
    [p.shortPassword, p.email],
  ],
  [
    'mongoose validation',
    () => ({
      errors: {
        ssn: {
          name: 'ValidatorError',
          kind: 'regexp',
          path: 'ssn',
          value: p.ssn.value,
          properties: { message: `${p.ssn.value} is not valid`, value: p.ssn.value },
        },
      },
    }),
    [p.ssn],
  ],
  [
    'pydantic',
    () => ({
      detail: [
        { type: 'value_error', loc: ['body', 'phone'], msg: 'value is not a valid phone', input: p.phone.value },
      ],
    }),
    [p.phone],
    ['value_error'],
  ],
  [
    'Spring field error',
    () =>
      `Field error in object 'user' on field 'password': rejected value [${p.shortPassword.value}]; codes [Size.user.password]`,
    [p.shortPassword],
  ],
  [
    'table schema beside rows',
    () => ({ schema: [{ name: 'email' }, { name: 'n' }], rows: [[p.email.value, 4]] }),
    [p.email],
  ],
  [
    'audit trail of a CRM',
    () => ({
      FieldName: 'Phone',
      OldValue: p.phone.value,
      NewValue: p.phoneUs.value,
      ChangedAt: '2026-01-15T12:00:00.000Z',
    }),
    [p.phone, p.phoneUs],
  ],
  [
    'debezium',
    () => ({
      op: 'u',
      source: { table: 'users', lsn: 24023128 },
      before: { email: p.email.value },
      after: { email: p.emailTwo.value, full_name: p.name.value },
    }),
    [p.email, p.emailTwo, p.name],
    ['u', 'users', 24023128],
  ],
])
