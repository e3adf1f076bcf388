import type { AuditOptions } from '@trailmark/core'

/**
 * What the three services have in common: where they listen, and how they hand an identity to the next one.
 * Inside the clinic the gateway is believed; from outside nobody is.
 */
export const loopback = '127.0.0.1'

export function portOf(service: 'gateway' | 'records' | 'notifications'): number {
  const port = Number(process.env[`CLINIC_${service.toUpperCase()}_PORT`])
  if (!Number.isInteger(port) || port < 1) throw new Error(`CLINIC_${service.toUpperCase()}_PORT must name a port`)
  return port
}

export const originOf = (service: 'gateway' | 'records' | 'notifications'): string =>
  `http://${loopback}:${portOf(service)}`

/** The options of a service behind the gateway: it believes ids and trace headers from this host and no other. */
export function inside(service: string, calls: readonly string[] = []): AuditOptions {
  return {
    service,
    operational: 'stdout',
    trust: ['127.0.0.0/8'],
    outbound: { trace: calls, requestId: calls },
  }
}

/** Who is acting, as the gateway tells the services behind it: an id and its roles. */
export interface Identity {
  readonly id: string
  readonly roles: readonly string[]
}

export const identityHeader = 'x-clinic-identity'

export const writeIdentity = (who: Identity): string => `${who.id};${who.roles.join(',')}`

export function readIdentity(header: string | readonly string[] | undefined): Identity | undefined {
  const match = typeof header === 'string' ? /^(usr_[a-z]{1,20});([a-z,]{0,60})$/.exec(header) : null
  return match?.[1] ? { id: match[1], roles: (match[2] ?? '').split(',').filter(Boolean) } : undefined
}

/** Tells the parent that the port is open. */
export function announce(service: string): void {
  process.send?.({ listening: service })
}
