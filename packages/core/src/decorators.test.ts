import { describe, expect, it } from 'vitest'
import { currentContext, RequestContext, runInContext } from './context.ts'
import { audited } from './decorators.ts'
import { AuditError } from './errors.ts'
import { testAudit } from './testing.ts'

interface Row {
  readonly id: string
}

const rows: readonly Row[] = [{ id: 'p_1_zq' }, { id: 'p_2_zq' }]

function told(audit: ReturnType<typeof testAudit>, type = 'data_access') {
  return audit.recordsOf(type)
}

describe('a wrapped function', () => {
  it('is the same for its caller: value, this, name, length and properties', async () => {
    const audit = testAudit()
    const find = Object.assign(
      async function find(this: { readonly ward: string }, id: string, more = 1): Promise<string> {
        return `${this.ward}/${id}/${more}`
      },
      { unit: 'rows' },
    )
    const wrapped = audited.read('patient', { audit })(find)
    expect(await wrapped.call({ ward: 'w3' }, 'p_1_zq')).toBe('w3/p_1_zq/1')
    expect([wrapped.name, wrapped.length, wrapped.unit]).toEqual(['find', 1, 'rows'])
    expect(told(audit)).toHaveLength(1)
  })

  it('is recorded with what its questions answer, before the call and of its result', async () => {
    const audit = testAudit()
    const list = audited.read('patient', {
      audit,
      id: (ward: string) => ward,
      resultSubject: (found: readonly Row[]) => found.map(({ id }) => id),
      volume: (found: readonly Row[]) => found.length,
      metadata: () => ({ cached: false }),
      purpose: (ward: string) => (ward === 'w_3_zq' ? 'care' : 'none'),
      ticket: 'INC-4711',
      class: 'special_category',
    })(async (_ward: string) => rows)
    await list('w_3_zq')
    const [record] = told(audit)
    expect(record).toMatchObject({
      outcome: 'success',
      purpose: 'care',
      volume: { records: 2 },
      metadata: { cached: false },
      targets: [{ type: 'patient', class: 'special_category' }],
    })
    expect(record?.subjects).toHaveLength(2)
    expect(JSON.stringify(record)).not.toContain('w_3_zq')
  })

  it('throws and rejects what it threw, and is recorded as failed', async () => {
    const audit = testAudit()
    const missing = Object.assign(new Error('deliberate'), { status: 404 })
    const wrap = audited.read('patient', { audit, volume: () => 7 })
    const sync = wrap((): number => {
      throw missing
    })
    const later = wrap(async (): Promise<number> => {
      throw new Error('deliberate')
    })
    expect(sync).toThrow(missing)
    await expect(later()).rejects.toThrow('deliberate')
    expect(told(audit)).toMatchObject([
      { outcome: 'failure', reason: 'not_found' },
      { outcome: 'failure', reason: 'error' },
    ])
    expect(told(audit)[0]?.volume).toBeUndefined()
  })

  it('keeps a value that is no promise as it is, and awaits nothing it did not make', async () => {
    const audit = testAudit()
    let ran = 0
    const query = {}
    Reflect.set(query, 'then', (done: (value: number) => void) => done(++ran))
    const wrapped = audited.read('patient', { audit })(() => query)
    expect(wrapped()).toBe(query)
    expect(ran).toBe(0)
    expect(told(audit)).toHaveLength(1)
  })

  it('costs a field and never the call where a question throws or is a promise', async () => {
    const audit = testAudit()
    const thrower = (): never => {
      throw new Error('deliberate')
    }
    const wrapped = audited.read('patient', { audit, id: thrower, volume: thrower, subject: async () => 'p_1_zq' })(
      () => 7,
    )
    expect(wrapped()).toBe(7)
    expect(told(audit)).toMatchObject([{ outcome: 'success', targets: [{ type: 'patient' }] }])
    expect(audit.notices.join()).toMatch(/`subject` with a promise/)
  })

  it('that never settles is on no record', async () => {
    const audit = testAudit()
    const wrapped = audited.read('patient', { audit })(async () => new Promise<void>(() => undefined))
    void wrapped()
    await new Promise((resolve) => setImmediate(resolve))
    expect(told(audit)).toEqual([])
  })

  it('belongs to the request it was called in, wherever it ends', async () => {
    const audit = testAudit()
    const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, startMs: 1 }
    const context = (requestId: string) => new RequestContext({ requestId, ...ids })
    let settle: () => void = () => undefined
    const wrapped = audited.read('patient', { audit })(
      async () =>
        new Promise<void>((resolve) => {
          settle = resolve
        }),
    )
    const call = runInContext(context('req-1'), wrapped)
    runInContext(context('req-2'), settle)
    await call
    expect(told(audit)).toMatchObject([{ request_id: 'req-1' }])
    expect(currentContext()).toBeUndefined()
  })

  it('may be called as another event', () => {
    const audit = testAudit()
    audited.read('patient', { audit, event: 'bulk_query' })(() => rows)()
    audited.search('patient', { audit })(() => rows)()
    audited.share('patient', { audit })(() => rows)()
    expect(told(audit, 'bulk_query')).toHaveLength(2)
    expect(told(audit, 'data_share')).toHaveLength(1)
  })
})

describe('a generator', () => {
  it('is recorded when it was read to its end, with how many values it gave', async () => {
    const audit = testAudit()
    const wrap = audited.read('patient', { audit })
    const some = wrap(function* () {
      yield* rows
      return 'end'
    })
    const later = wrap(async function* () {
      yield* rows
    })
    const generator = some()
    expect(told(audit)).toEqual([])
    expect([...generator]).toEqual(rows)
    const read: Row[] = []
    for await (const row of later()) read.push(row)
    expect(read).toEqual(rows)
    expect(told(audit)).toMatchObject([{ volume: { records: 2 } }, { volume: { records: 2 } }])
  })

  it('that is left early, fails, or is never begun says so', async () => {
    const audit = testAudit()
    const wrap = audited.read('patient', { audit, metadata: (given: number) => ({ field_count: given }) })
    const some = wrap(function* (): Generator<Row, undefined> {
      yield* rows
      throw new Error('deliberate')
    })
    for (const row of some()) if (row === rows[0]) break
    expect(() => [...some()]).toThrow('deliberate')
    some().return(undefined)
    some()
    expect(told(audit)).toMatchObject([
      { outcome: 'success', volume: { records: 1 }, metadata: { field_count: 1 } },
      { outcome: 'failure', volume: { records: 2 } },
    ])
  })

  it('takes what it is sent and stays what it is', () => {
    const audit = testAudit()
    function* sum(): Generator<number, string, number> {
      let total = 0
      while (total < 10) total += yield total
      return `${total}`
    }
    const made = audited.read('patient', { audit })(sum)()
    expect(made).toBeInstanceOf(sum)
    made.next()
    expect(made.next(4)).toEqual({ value: 4, done: false })
    expect(made.next(8)).toEqual({ value: '12', done: true })
    expect(told(audit)).toHaveLength(1)
  })
})

describe('in class block', () => {
  function held() {
    let refuse: (error: Error) => void = () => undefined
    let release: () => void = () => undefined
    const durable = new Promise<void>((resolve, reject) => {
      release = resolve
      refuse = reject
    })
    durable.catch(() => undefined)
    const bodies: Record<string, unknown>[] = []
    const audit = testAudit({
      ledger: ({ stream }) => {
        let next = 0
        const opening = {
          incarnation: stream,
          next: 0,
          previous: 'new',
          refused: [],
          ack: 'durable',
          publicKey: '',
        } as const
        return {
          writer: 'w-000000000000',
          opening: { writer: 'w-000000000000', ...opening },
          state: { next: 0, durable: 0, queuedBytes: 0, queuedEntries: 0, healthy: true },
          append(body) {
            const record = JSON.parse(`{${body}}`)
            const ours = stream === 'audit' && record.category === 'data'
            if (ours) bodies.push(record)
            const position = { writer: 'w-000000000000', n: next++ }
            const promise = ours ? durable.then(() => position) : Promise.resolve(position)
            promise.catch(() => undefined)
            return { acknowledged: promise, durable: promise }
          },
          takeUnacknowledged: () => [],
          adopt: () => undefined,
          flush: () => Promise.resolve(),
          flushSync: () => undefined,
          close: () => Promise.resolve(),
          closeSync: () => undefined,
        }
      },
    })
    return { audit, bodies, release: () => release(), refuse: () => refuse(new Error('the disk of this test is full')) }
  }

  it('the body of an async function runs once its attempt is durable', async () => {
    const { audit, bodies, release } = held()
    let ran = false
    const dump = audited.export('patient', { audit, volume: (found: readonly Row[]) => found.length })(async () => {
      ran = true
      return rows
    })
    const call = dump()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(ran).toBe(false)
    expect(bodies).toMatchObject([{ phase: 'attempt', outcome: 'unknown' }])
    release()
    expect(await call).toBe(rows)
    expect(bodies[1]).toMatchObject({ phase: 'result', outcome: 'success', volume: { records: 2 } })
    expect(bodies[1]?.operation_id).toBe(bodies[0]?.operation_id)
  })

  it('a call whose attempt cannot be durable rejects with a code, and its body never runs', async () => {
    const { audit, bodies, refuse } = held()
    let ran = false
    const run = async (): Promise<void> => {
      ran = true
    }
    const wrap = audited.export('patient', { audit })
    const generate = wrap(async function* () {
      await run()
      yield 1
    })
    const calls = [wrap(run)(), generate().next()]
    refuse()
    for (const call of calls) {
      const error = await call.then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(AuditError)
      expect(error).toMatchObject({ code: 'AUDIT_ATTEMPT_REFUSED', status: 503, statusCode: 503 })
    }
    expect(ran).toBe(false)
    expect(bodies.filter(({ phase }) => phase === 'result')).toMatchObject([
      { outcome: 'failure', reason: 'unavailable' },
      { outcome: 'failure', reason: 'unavailable' },
    ])
  })

  it('an async generator gives its first value once its attempt is durable', async () => {
    const { audit, bodies, release } = held()
    let begun = false
    const dump = audited.export('patient', { audit })(async function* () {
      begun = true
      yield* rows
    })
    const generator = dump()
    expect(bodies).toEqual([])
    const both = Promise.all([generator.next(), generator.next(), generator.next()])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([begun, bodies.length]).toEqual([false, 1])
    release()
    expect((await both).map(({ value }) => value)).toEqual([...rows, undefined])
    expect(bodies[1]).toMatchObject({ phase: 'result', volume: { records: 2 } })
  })

  it('a function that cannot wait is refused where it is wrapped, unless it says that it returns a promise', async () => {
    const audit = testAudit()
    const plain = (): Promise<readonly Row[]> => Promise.resolve(rows)
    for (const wrap of [
      () => audited.export('patient', { audit })(plain),
      () =>
        audited.export('patient', { audit })(function* () {
          yield 1
        }),
    ]) {
      expect(wrap).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
      expect(wrap).toThrow(/data_export is of class block.*make it async/)
    }
    expect(await audited.export('patient', { audit, promise: true })(plain)()).toBe(rows)
    expect(told(audit, 'data_export')).toMatchObject([{ phase: 'attempt' }, { phase: 'result', outcome: 'success' }])
  })

  it('that only the policy asks for, a plain function runs at once, and the operator is told', () => {
    const audit = testAudit({ policy: [{ match: { event: 'data_access' }, failureClass: 'block' }] })
    expect(audited.read('patient', { audit })(() => rows)()).toBe(rows)
    expect(told(audit)).toMatchObject([{ phase: 'attempt' }, { phase: 'result' }])
    expect(audit.notices.join()).toMatch(/data_access is of class block here/)
  })
})

describe('audited', () => {
  it('may be put on one function twice', async () => {
    const audit = testAudit()
    const inner = audited.read('ward', { audit })(async () => rows)
    const both = audited.export('patient', { audit })(inner)
    expect(await both()).toBe(rows)
    expect(audit.records.filter(({ category }) => category === 'data').map(({ event_type }) => event_type)).toEqual([
      'data_export',
      'data_access',
      'data_export',
    ])
  })

  it('is a legacy decorator of methods, which keeps the descriptor', async () => {
    const audit = testAudit()
    const descriptor = { value: async () => rows, enumerable: false, configurable: true, writable: true }
    const made = audited.read('patient', { audit })({}, 'list', descriptor)
    expect(made).toMatchObject({ enumerable: false, configurable: true, writable: true })
    expect(await made.value?.()).toBe(rows)
    expect(told(audit)).toHaveLength(1)
  })

  it.each([
    [() => audited.read('')(() => 1), /the name of the resource is missing/],
    [() => audited.read('patient', Object({ subjects: () => 1 })), /subjects is not an option/],
    [() => Reflect.apply(audited.read, undefined, ['patient', null]), /its options must be an object/],
    [() => Reflect.apply(audited.read, undefined, ['patient', 7]), /its options must be an object/],
    [() => audited.read('patient', Object({ audit: {} })), /audit must be made by createAudit/],
    [() => audited.read('patient', Object({ promise: 'yes' })), /promise must be true/],
    [() => audited.read('patient', { event: 'break_glass_access' }), /purpose is missing/],
    [() => Reflect.apply(audited.read('patient'), undefined, [7]), /wraps functions; this is number/],
    [() => Reflect.apply(audited.read('patient'), undefined, [{}, 'name', undefined]), /name is none/],
    [
      () => Reflect.apply(audited.read('patient'), undefined, [undefined, { kind: 'field', addInitializer: () => 1 }]),
      /this is a field/,
    ],
  ])('%s stops the start', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
    expect(make).toThrow(message)
  })
})
