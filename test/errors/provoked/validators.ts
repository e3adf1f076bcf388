/** What validators of values raise: the value itself, its path, and messages that quote both. */
import 'reflect-metadata'
import { IsEmail, IsInt, MaxLength, validateOrReject } from 'class-validator'
import Joi from 'joi'
import * as v from 'valibot'
import * as yup from 'yup'
import { z } from 'zod'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const given = { ...body, age: person.birth, [person.user]: 1 }
const planted = [...bodyPlanted, person.birth, person.user]

class Patient {
  email = `${person.email} or so`
  password = secret.password
  ssn: unknown = person.ssn
}
// As functions: Node runs TypeScript only where its types can be erased, and decorators are more than types.
IsEmail()(Patient.prototype, 'email')
MaxLength(4)(Patient.prototype, 'password')
IsInt()(Patient.prototype, 'ssn')

export const validators: readonly Provoked[] = [
  provoked('zod', 'a body with values of the wrong kind and a name nobody knows', {
    planted,
    expect: { type: 'ZodError', template: /invalid_type|unrecognized_keys/ },
    work: () =>
      z
        .strictObject({
          name: z.number(),
          email: z.string().max(4),
          ssn: z.string(),
          password: z.string(),
          age: z.int(),
        })
        .parse(given),
  }),
  provoked('zod', 'a literal, an enum and a message of the application', {
    planted: bodyPlanted,
    expect: { type: 'ZodError', template: /invalid_value|custom|invalid_format/ },
    work: () =>
      z
        .object({
          email: z.enum(['a', 'b']),
          ssn: z.string().regex(/^x/),
          name: z.string().refine(() => false, { error: (issue) => `${issue.input} is not a name` }),
        })
        .parse(body),
  }),
  provoked('zod', 'a record keyed by people', {
    planted: [person.email],
    expect: { type: 'ZodError', template: /invalid_type/ },
    work: () => z.record(z.string(), z.number()).parse({ [person.email]: 'x' }),
  }),
  provoked('zod', 'a promise of a value', {
    planted: [secret.password],
    expect: { type: 'ZodError', template: /too_big|invalid_type/ },
    work: () =>
      z
        .object({
          password: z
            .string()
            .max(3)
            .refine(async () => true),
        })
        .parseAsync(body),
  }),
  provoked('joi', 'a body, all faults at once', {
    planted,
    expect: { type: 'ValidationError', template: /number\.base|string\.max|object\.unknown/ },
    work: () =>
      Joi.attempt(
        given,
        Joi.object({
          name: Joi.number(),
          email: Joi.string().max(4),
          ssn: Joi.any(),
          password: Joi.any(),
          age: Joi.any(),
        }),
        {
          abortEarly: false,
        },
      ),
  }),
  provoked('joi', 'one value', {
    planted: [person.email, secret.password],
    expect: { type: 'ValidationError', template: /any\.only|must be/, frames: false },
    work: () =>
      Joi.object({ email: Joi.valid('a'), password: Joi.any() }).validateAsync({
        email: person.email,
        password: secret.password,
      }),
  }),
  provoked('joi', 'an assertion with a message of the application', {
    planted: bodyPlanted,
    expect: { type: /^(ValidationError|Error)$/ },
    work: () => Joi.assert(body, Joi.number(), `no ${person.name}`),
  }),
  provoked('yup', 'a body, all faults at once', {
    planted,
    expect: { type: 'ValidationError', template: /typeError|max|errors occurred|must be/ },
    work: () =>
      yup
        .object({ name: yup.number(), email: yup.string().max(4), age: yup.number() })
        .validate(given, { abortEarly: false, strict: true }),
  }),
  provoked('yup', 'one value', {
    planted: [person.email],
    expect: { type: 'ValidationError', template: /email|typeError|must be/ },
    work: () => yup.number().label('age').validateSync(person.email),
  }),
  provoked('yup', 'a message of the application', {
    planted: [person.ssn],
    expect: { type: 'ValidationError', template: /matches/ },
    work: () => yup.object({ ssn: yup.string().matches(/^x/, ({ value }) => `${value} is no number`) }).validate(body),
  }),
  provoked('valibot', 'a body, all faults at once', {
    planted,
    expect: { type: 'ValiError', template: /number|max_length|Invalid type/ },
    work: () =>
      v.parse(v.strictObject({ name: v.number(), email: v.pipe(v.string(), v.maxLength(4)), age: v.number() }), given),
  }),
  provoked('valibot', 'a record keyed by people', {
    planted: [person.email, person.ssn],
    expect: { type: 'ValiError', template: /number|Invalid type/ },
    work: () => v.parse(v.record(v.string(), v.number()), { [person.email]: person.ssn }),
  }),
  provoked('class-validator', 'a list of errors, each with its target', {
    planted: [person.email, secret.password, person.ssn],
    expect: { frames: false },
    work: () => validateOrReject(new Patient()),
  }),
]
