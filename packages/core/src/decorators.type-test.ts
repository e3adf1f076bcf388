/** What `audited` can be put on and what it cannot, checked by tsc. */
import { type AuditedCall, audited } from './decorators.ts'

interface Row {
  readonly id: string
}

declare const find: (id: string) => Promise<Row>
declare const list: (ward: string, limit?: number) => Promise<readonly Row[]>
declare const pick: <K extends keyof Row>(row: Row, key: K) => Row[K]
declare const stream: (ward: string) => AsyncGenerator<Row>

// What comes out has the type of what went in, generics and optional arguments included.
export const found: (id: string) => Promise<Row> = audited.read('patient', { id: (id: string) => id })(find)
export const listed: typeof list = audited.read('patient', { volume: (rows: readonly Row[]) => rows.length })(list)
export const picked: typeof pick = audited.read('patient', { id: (row: Row) => row.id })(pick)
export const streamed: typeof stream = audited.read('patient', { volume: (given: number) => given })(stream)
export const created = audited.create('patient', { resultId: (row: Row) => row.id })(find)

// @ts-expect-error the function takes a text
audited.read('patient', { id: (id: number) => id })(find)
// @ts-expect-error its result is one row
audited.read('patient', { volume: (rows: readonly Row[]) => rows.length })(find)
// @ts-expect-error its result is a promise of rows, and the question gets the rows
audited.read('patient', { volume: (rows: Promise<readonly Row[]>) => rows })(list)
// @ts-expect-error of a generator the question gets how many values it gave
audited.read('patient', { volume: (rows: readonly Row[]) => rows.length })(stream)
// @ts-expect-error the question asks for more than the function gets
audited.read('patient', { subject: (_ward: string, limit: number) => limit })(find)
// @ts-expect-error there is no such member
audited.read('patient', { subjects: (id: string) => id })
// @ts-expect-error a function that returns no promise cannot say that it does
audited.export('patient', { promise: true })((id: string) => id)
// @ts-expect-error no function
audited.read('patient')('find')

export class Patients {
  readonly #rows: readonly Row[] = []

  @audited.read('patient', { id: (id: string) => id })
  async find(id: string): Promise<Row | undefined> {
    return this.#rows.find((row) => row.id === id)
  }

  @audited.export('patient', { volume: (rows: readonly Row[]) => rows.length })
  static async all(): Promise<readonly Row[]> {
    return []
  }

  // @ts-expect-error the method takes a text
  @audited.read('patient', { id: (id: number) => id })
  async wrong(id: string): Promise<string> {
    return id
  }

  // @ts-expect-error a method and nothing else
  @audited.read('patient')
  readonly field: string = ''
}

/** As `experimentalDecorators` calls it. */
declare const descriptor: TypedPropertyDescriptor<typeof list>
declare const any: AuditedCall<{ volume: (rows: readonly Row[]) => number }>
declare const other: AuditedCall<{ volume: (rows: readonly string[]) => number }>
export const legacy: TypedPropertyDescriptor<typeof list> = any({}, 'list', descriptor)
// @ts-expect-error rows and no texts
other({}, 'list', descriptor)
