/**
 * The configuration in force as short hashes: one for all of it, which stands on every record as `policy`, and one for each
 * part, so that a change can say what changed.
 */
import { hash } from 'node:crypto'
import type { Catalogue } from './catalogue.ts'
import { catalogueText } from './define-events.ts'
import type { AuditOptions } from './options.ts'
import type { PartHashes } from './record/last-configuration.ts'

export interface ConfigurationHash {
  /** 16 hexadecimal digits. */
  readonly hash: string
  readonly parts: PartHashes
}

/** Hashes what decides which records are made and what they hold. Equal configurations have equal hashes. */
export function hashConfiguration(
  options: AuditOptions,
  policy: unknown,
  catalogue: Catalogue,
  scrubber: string,
  routes?: readonly unknown[],
): ConfigurationHash {
  const parts = {
    policy: short(JSON.stringify(policy)),
    catalogue: short(catalogueText(catalogue)),
    scrubber: short(scrubber),
    options: short(JSON.stringify({ ...optionsThatMatter(options), ...(routes && { routes }) }, plain)),
  }
  return { hash: short(JSON.stringify(parts)), parts }
}

/** Whom we believe, what leaves, and what is promised. Places and clocks may differ between hosts of one configuration. */
function optionsThatMatter(options: AuditOptions): object {
  const { trust, proxies, outbound, credentials, ack, queueBytesMax, ledger, operational, logLevel, serverTiming } =
    options
  const { debugGuard } = options
  return {
    // Of a function nothing can be said but that there is one: its source would change with every build.
    trust: typeof trust === 'function' ? 'function' : (trust ?? false),
    proxies: proxies ?? [],
    outbound: outbound ?? {},
    credentials: credentials ?? [],
    undeclared: options.undeclared ?? 'drop',
    ack: ack ?? 'default',
    block: options.block ?? 'release',
    queueBytesMax: queueBytesMax ?? 'default',
    ledger: typeof ledger === 'function' ? 'own' : (ledger ?? 'default'),
    operational: typeof operational === 'string' ? operational : operational === undefined ? 'default' : 'own',
    logLevel: logLevel ?? 'default',
    serverTiming: serverTiming ?? false,
    // What is let through in production is part of the evidence.
    debugGuard: debugGuard === undefined || debugGuard === false ? {} : debugGuard,
    activity: options.activity ?? true,
    console: options.console ?? 'leave',
    // What is not declared leaves the hash as it was.
    ...(options.commitDelayMs !== undefined && { commitDelayMs: options.commitDelayMs }),
    ...(options.data && { data: options.data }),
  }
}

/** What JSON has no word for is some step's mistake to name, not ours to fail at. */
function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function short(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16)
}
