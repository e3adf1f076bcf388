/**
 * The `seq` of a record that is already text: replaced when an unacknowledged record moves to another ledger.
 *
 * Completeness is judged on `seq` by readers that do not parse JSON, so it stands at one place: behind schema, a timestamp of
 * 24 characters and an id of 36.
 */

const SEQ_AT = '"schema":"audit/1","timestamp":"YYYY-MM-DDTHH:mm:ss.sssZ","id":"00000000-0000-0000-0000-000000000000",'
  .length
const NAME = '"seq":'

/** The body with another `seq`. Throws a TypeError for text that `serialise()` did not make. */
export function rewriteSeq(body: string, seq: number): string {
  const [from, to] = seqSpan(body)
  return body.slice(0, from) + seq + body.slice(to)
}

/** The `seq` of a body. Throws a TypeError for text that `serialise()` did not make. */
export function readSeq(body: string): number {
  const [from, to] = seqSpan(body)
  return Number(body.slice(from, to))
}

function seqSpan(body: string): [from: number, to: number] {
  const from = SEQ_AT + NAME.length
  let to = from
  while (to < body.length && body.charCodeAt(to) >= 0x30 && body.charCodeAt(to) <= 0x39) to++
  if (to === from || !body.startsWith(NAME, SEQ_AT)) throw new TypeError('no seq at its place in this record')
  return [from, to]
}
