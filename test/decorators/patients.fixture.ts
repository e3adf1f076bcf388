/**
 * A class with decorators, compiled by tsc in both dialects and then run: what it prints is what was recorded. Not loaded by
 * the test runner, which does not know the syntax.
 */
import { audited } from '@trailmark/core/decorators'
import { testAudit } from '@trailmark/core/testing'

const audit = testAudit()

interface Row {
  readonly id: string
}

class Patients {
  readonly #rows: readonly Row[] = [{ id: 'p_1' }, { id: 'p_2' }]
  readonly ward = 'w_3'

  @audited.read('patient', { audit, id: (id: string) => id, purpose: 'care' })
  async find(id: string, _more = false): Promise<Row | undefined> {
    return this.#rows.find((row) => row.id === id)
  }

  @audited.search('patient', { audit, volume: (rows: readonly Row[]) => rows.length })
  list(): readonly Row[] {
    return this.#rows
  }

  @audited.read('patient', { audit })
  *each(): Generator<Row> {
    yield* this.#rows
  }

  @audited.export('patient', { audit, volume: (rows: readonly Row[]) => rows.length })
  static async all(): Promise<readonly Row[]> {
    return [...new Patients().each()]
  }

  @audited.delete('patient', { audit })
  remove(): never {
    throw new Error(`deliberate in ${this.ward}`)
  }
}

const patients = new Patients()
const found = await patients.find('p_1')
const all = await Patients.all()
const listed = patients.list()
let thrown = ''
try {
  patients.remove()
} catch (error) {
  thrown = String(error)
}
console.log(
  JSON.stringify({
    found,
    all: all.length,
    listed: listed.length,
    thrown,
    method: [patients.find.name, patients.find.length, Object.keys(Patients.prototype)],
    records: audit.records
      .filter(({ category }) => category === 'data')
      .map(({ event_type, phase, outcome, purpose, volume }) => ({ event_type, phase, outcome, purpose, volume })),
  }),
)
