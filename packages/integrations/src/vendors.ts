/**
 * What leaves for others: `@trailmark/integrations/vendors`. Calls to named vendors are on record, whoever makes them, through
 * fetch, undici or node:http.
 *
 *     const vendors = auditVendors([{ name: 'mailgun', hosts: ['api.mailgun.net'], legalBasis: 'contract' }], { audit })
 *     vendors.describe('mailgun', { records: letters.length })    // in the request that sends them; optional
 */
import { AuditError, currentContext, type EventInput, type RequestContext, runInContext } from '@trailmark/core'
import { atEnd, auditFor, recordDynamic } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import type { AuditOption } from './system/given.ts'
import { watchCalls } from './vendors/calls.ts'
import { type TransferDescription, Transfers } from './vendors/transfers.ts'

export type { TransferDescription } from './vendors/transfers.ts'

/** Somebody that data is handed to. */
export interface Vendor {
  /** Your name of the vendor, as in your register of processing: letters, digits and `_ . : / @ -`. */
  readonly name: string
  /** Host names, without port; `*.example.net` stands for every host below. */
  readonly hosts: readonly string[]
  /** Why the transfer is lawful, in your words of one identifier: `contract`, `consent`. */
  readonly legalBasis?: string
  readonly purpose?: string
}

export interface WatchedVendors {
  /** Says what the calls of the request in progress to this vendor hold. Nothing happens outside of a request. */
  describe(vendor: string, what: TransferDescription): void
  /** No more records. */
  stop(): void
}

const vendorsMax = 1_000
const nameShape = /^[A-Za-z@][A-Za-z0-9_.:/@-]{0,63}$/
const hostShape = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.:-]{0,251}[a-z0-9])?$/

/**
 * Records one `outbound_transfer` for each vendor that a request called: how many calls, how many failed, how many were tried
 * again, the last status, the legal basis; never a path, a header or a body. A failure where all calls failed. Throws
 * `AUDIT_OPTION_INVALID` naming the vendor.
 */
export function auditVendors(vendors: readonly Vendor[], options: AuditOption = {}): WatchedVendors {
  checkOptions('auditVendors()', options)
  const find = compile(vendors)
  const byRequest = new WeakMap<RequestContext, Map<string, Transfers>>()

  function transfersOf(vendor: Vendor, host: string): Transfers {
    const audit = auditFor(options.audit)
    const { name, legalBasis, purpose } = vendor
    const stated = {
      ...(legalBasis === undefined ? {} : { legalBasis }),
      ...(purpose === undefined ? {} : { purpose }),
    }
    const context = currentContext()
    // How a call ends is told in the context of its socket.
    const record = (event: EventInput): void =>
      runInContext(context, () => void recordDynamic(audit, 'outbound_transfer', { ...event, ...stated }))
    const known = context && byRequest.get(context)?.get(name)
    if (known?.open === true) return known
    const made = new Transfers(name, host, record)
    made.open = atEnd(() => {
      made.open = false
      made.settle()
    })
    if (context !== undefined && made.open) {
      const all = byRequest.get(context) ?? new Map<string, Transfers>()
      byRequest.set(context, all.set(name, made))
    }
    return made
  }

  const stop = watchCalls({
    began({ host, key }) {
      const vendor = find(host)
      return vendor && transfersOf(vendor, host).began(key)
    },
  })
  return {
    describe(name, what) {
      const vendor = vendors.find((one) => one.name === name)
      if (vendor === undefined) throw invalid(name, 'is not among the vendors')
      if (currentContext() !== undefined) transfersOf(vendor, vendor.hosts[0] ?? '').describe(what)
    },
    stop,
  }
}

/** The vendor of a host: the whole name first, then ever shorter domains. */
function compile(vendors: readonly Vendor[]): (host: string) => Vendor | undefined {
  if (!Array.isArray(vendors) || vendors.length > vendorsMax)
    throw new AuditError('AUDIT_OPTION_INVALID', `auditVendors(): expected a list of at most ${vendorsMax} vendors`)
  const byHost = new Map<string, Vendor>()
  for (const vendor of vendors) {
    if (typeof vendor?.name !== 'string' || !nameShape.test(vendor.name))
      throw invalid(String(vendor?.name), 'has no name')
    if (!Array.isArray(vendor.hosts) || vendor.hosts.length === 0) throw invalid(vendor.name, 'needs hosts')
    for (const host of vendor.hosts) {
      if (typeof host !== 'string' || !hostShape.test(host.toLowerCase()))
        throw invalid(vendor.name, 'has a host that is none: give names without scheme and port')
      const other = byHost.get(host.toLowerCase())
      if (other !== undefined && other !== vendor) throw invalid(vendor.name, `has a host that ${other.name} has, too`)
      byHost.set(host.toLowerCase(), vendor)
    }
  }
  return (host) => {
    const whole = byHost.get(host)
    if (whole !== undefined) return whole
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const found = byHost.get(`*${host.slice(dot)}`)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function invalid(name: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `auditVendors(): ${name.slice(0, 64)} ${problem}`)
}
