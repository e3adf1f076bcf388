/** A statement and what its questions are asked with in one request. */
import type { Statement } from './statement.ts'

export class BoundStatement {
  readonly statement: Statement<never>
  readonly asked: readonly unknown[]

  constructor(statement: Statement<never>, asked: readonly unknown[]) {
    this.statement = statement
    this.asked = asked
  }
}
