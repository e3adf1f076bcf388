/** Properties that a class gives to all its errors, such as the `status` of HTTP errors, which stand on its prototype. */
import { types } from 'node:util'
import { own } from '../scrub/read.ts'

const ancestorsMax = 6

/** The value of an own or inherited data property; undefined for getters, and where a proxy stands in the way. */
export function dataOf(from: object, key: string): unknown {
  let level: object | null = from
  for (let i = 0; level !== null && i < ancestorsMax && !types.isProxy(level); i++) {
    if (Object.hasOwn(level, key)) {
      const value = own(level, key)
      return typeof value === 'symbol' ? undefined : value
    }
    level = Object.getPrototypeOf(level)
  }
  return undefined
}
