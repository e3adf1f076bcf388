/** `baggage` as the entries that OpenTelemetry's API hands to applications. What is sent on is still what was received. */
import { type BaggageEntry, baggageEntryMetadataFromString } from '@opentelemetry/api'

/** The entries of a header that `readBaggage` has accepted. An entry whose value is not percent-encoded UTF-8 is left out. */
export function readEntries(baggage: string): Record<string, BaggageEntry> {
  const entries = new Map<string, BaggageEntry>()
  for (const member of baggage.split(',')) {
    const end = member.indexOf(';')
    const pair = end === -1 ? member : member.slice(0, end)
    const equals = pair.indexOf('=')
    if (equals === -1) continue
    const value = decoded(pair.slice(equals + 1).trim())
    if (value === undefined) continue
    const metadata = end === -1 ? {} : { metadata: baggageEntryMetadataFromString(member.slice(end + 1).trim()) }
    entries.set(pair.slice(0, equals).trim(), { value, ...metadata })
  }
  return Object.fromEntries(entries)
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
