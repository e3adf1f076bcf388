/**
 * Fastify's logger, kept from saying what requests hold: `logger: true` writes URLs with their query, errors with message and
 * stack, and whatever the application logs.
 *
 * The logger of the root is the one that every request's is a child of. It is guarded as an object, so it counts for routes and
 * plugins registered before, too. Lines written before the plugin is registered are Fastify's own.
 */
import type { Audit } from '@trailmark/core'
import { frameworkLogger } from '@trailmark/core/http'
import type { FastifyInstance } from 'fastify'

/** Messages that Fastify builds with the request's URL in them. */
const quoting: readonly (readonly [RegExp, string])[] = [
  [/^Route ([A-Z-]{1,20}):.* not found$/s, 'Route $1 not found'],
  [
    /^(Reply was already sent, did you forget to "return reply" in the) ".*" \(([A-Z-]{1,20})\) route\?$/s,
    '$1 $2 route?',
  ],
]

/** Guards the loggers of `instance`; gives back the function that guards one more. */
export function guardLoggers(instance: FastifyInstance, audit: Audit): (logger: object) => void {
  const guard = frameworkLogger(audit, (text) => {
    for (const [pattern, plain] of quoting) if (pattern.test(text)) return text.replace(pattern, plain)
    return text
  })
  guard(instance.log)
  const { childLoggerFactory } = instance
  // Fastify's own makes children of the logger above, which are guarded with it.
  if (childLoggerFactory.name !== 'defaultChildLoggerFactory') {
    instance.setChildLoggerFactory((...given) => {
      const made = Reflect.apply(childLoggerFactory, instance, given)
      guard(made)
      return made
    })
  }
  return guard
}
