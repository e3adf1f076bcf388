/** Prefixes and encapsulation: a child made before the audit is not followed, and a route beside it is. */
import { auditPlugin } from '@trailmark/fastify'
import fastify from 'fastify'

export async function buildApp() {
  const app = fastify()
  await app.register(async (early) => {
    early.get('/before', () => 'x')
  })
  app.get('/beside', { config: { audit: { read: 'patient' } } }, () => 'x')
  app.register(auditPlugin)
  app.register(
    async (child) => {
      child.get('/:id', { config: { audit: { read: 'patient' } } }, () => 'x')
      child.get('/forgotten', () => 'x')
    },
    { prefix: '/patients' },
  )
  app.get('/health', { config: { audit: { exempt: 'probe' } } }, () => 'x')
  return app
}
