/**
 * The collections that an aggregation names besides the one it starts from.
 *
 * Stages nest: a `$lookup` has a pipeline of its own, `$facet` has many. What is read is bounded, because a pipeline is often
 * put together from a request.
 */
import { listOf, memberOf } from '../member.ts'

/** One collection in a pipeline, with the database where the stage names one. */
export interface PipelineCollection {
  readonly collection: string
  readonly database: string | undefined
  /** `$out` and `$merge` write what the others read. */
  readonly verb: 'read' | 'create' | 'update'
}

const depthMax = 20
const stagesMax = 1_000

/** Every collection in the stages of `pipeline`, in the order of the text. Never throws. */
export function collectionsIn(pipeline: unknown): PipelineCollection[] {
  const found: PipelineCollection[] = []
  let stages = 0
  const walk = (list: unknown, depth: number): void => {
    if (depth > depthMax) return
    for (const stage of listOf(list)) {
      if (stages++ >= stagesMax) return
      const lookup = memberOf(stage, '$lookup')
      if (lookup !== undefined) {
        add('read', memberOf(lookup, 'from'))
        walk(memberOf(lookup, 'pipeline'), depth + 1)
      }
      add('read', memberOf(memberOf(stage, '$graphLookup'), 'from'))
      const union = memberOf(stage, '$unionWith')
      if (union !== undefined) {
        add('read', typeof union === 'string' ? union : memberOf(union, 'coll'))
        walk(memberOf(union, 'pipeline'), depth + 1)
      }
      const facets = memberOf(stage, '$facet')
      if (typeof facets === 'object' && facets !== null)
        for (const name of Object.keys(facets)) walk(memberOf(facets, name), depth + 1)
      add('create', memberOf(stage, '$out'))
      add('update', memberOf(memberOf(stage, '$merge'), 'into') ?? memberOf(stage, '$merge'))
    }
  }
  /** A collection is a text, or names its database: `{ db, coll }`. */
  const add = (verb: PipelineCollection['verb'], named: unknown): void => {
    const collection = typeof named === 'string' ? named : memberOf(named, 'coll')
    const database = memberOf(named, 'db')
    if (typeof collection === 'string')
      found.push({ collection, verb, database: typeof database === 'string' ? database : undefined })
  }
  walk(pipeline, 0)
  return found
}

/** True for the pipeline of a change stream: what it gives are events about documents. */
export function isChangeStream(pipeline: unknown): boolean {
  return memberOf(listOf(pipeline)[0], '$changeStream') !== undefined
}
