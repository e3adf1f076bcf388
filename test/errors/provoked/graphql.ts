/** What graphql raises: the source of a document, its literals and its variables. */
import { buildSchema, execute, GraphQLError, graphql, parse, validate } from 'graphql'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'

const schema = buildSchema('type Query { patient(age: Int, note: String): String }')

export const graphqlErrors: readonly Provoked[] = [
  provoked('graphql', 'a syntax error, with its source', {
    planted: [secret.password, person.email],
    expect: { type: 'GraphQLError', template: /Syntax Error/ },
    work: () => parse(`mutation { login(email: "${person.email}", password: "${secret.password}" `),
  }),
  provoked('graphql', 'a document with names nobody knows', {
    planted: ['quirinaZandvoort', secret.password],
    expect: { type: 'GraphQLError', template: /Cannot query field/ },
    work: () => {
      throw (
        validate(schema, parse(`{ quirinaZandvoort(password: "${secret.password}") }`))[0] ?? new NotProvoked('valid')
      )
    },
  }),
  provoked('graphql', 'a literal of the wrong type', {
    planted: [person.email],
    expect: { type: 'GraphQLError', template: /Int cannot represent|Expected value of type/ },
    work: () => {
      throw validate(schema, parse(`{ patient(age: "${person.email}") }`))[0] ?? new NotProvoked('valid')
    },
  }),
  provoked('graphql', 'a variable of the wrong type', {
    planted: [person.email],
    expect: {
      type: 'GraphQLError',
      template: /Variable .* got invalid value|Variable .* has invalid value|Int cannot represent/,
    },
    work: async () => {
      const document = parse('query ($age: Int!) { patient(age: $age) }')
      const result = await execute({ schema, document, variableValues: { age: person.email } })
      throw ('errors' in result ? result.errors?.[0] : undefined) ?? new NotProvoked('executed')
    },
  }),
  provoked('graphql', 'a resolver that fails', {
    planted: [person.email, person.diagnosis],
    expect: { type: 'GraphQLError' },
    work: async () => {
      const rootValue = {
        patient: () => {
          throw Object.assign(new Error(`no consent of ${person.email}`), {
            extensions: { diagnosis: person.diagnosis },
          })
        },
      }
      const result = await graphql({ schema, source: `{ patient(age: 3, note: "${person.diagnosis}") }`, rootValue })
      throw result.errors?.[0] ?? new NotProvoked('executed')
    },
  }),
  provoked('graphql', 'an error of the application, with extensions', {
    planted: bodyPlanted,
    expect: { type: 'GraphQLError' },
    work: () => {
      throw new GraphQLError(`no ${person.name}`, { extensions: { code: 'BAD_USER_INPUT', argumentValues: body } })
    },
  }),
]
