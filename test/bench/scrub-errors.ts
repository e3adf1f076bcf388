/** Errors as they reach a logger: thrown deep down, by libraries, with causes and with what drivers put on them. */
export function errors(): unknown[] {
  return [
    thrown(() => JSON.parse('{"password": hunter2zq}')),
    thrown(() => Reflect.get(Object(undefined), 'name').length),
    thrown(() => new URL('not a url')),
    deep(20),
    Object.assign(new Error('duplicate key value violates unique constraint "users_email_key"'), {
      code: '23505',
      detail: 'Key (email)=(wilma@nordvinter.example) already exists.',
      table: 'users',
      severity: 'ERROR',
    }),
    Object.assign(new Error('Request failed with status code 401'), {
      isAxiosError: true,
      code: 'ERR_BAD_REQUEST',
      config: { url: 'https://a.example/v1', headers: { Authorization: 'Bearer abc' } },
      response: { status: 401, data: { error: 'invalid_grant' } },
    }),
    new Error('outer', { cause: new TypeError('middle', { cause: deep(10) }) }),
    new AggregateError(
      Array.from({ length: 5 }, (_, at) => new Error(`attempt ${at}`)),
      'all failed',
    ),
  ]
}

function thrown(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const deep = (levels: number): unknown => (levels === 0 ? thrown(() => Buffer.alloc(-1)) : deep(levels - 1))
