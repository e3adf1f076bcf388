/**
 * What the integrations of upload parsers share: how a refused upload becomes a record.
 *
 * Nothing a client writes stands in it: not the name of a file, not that of a field, and of the types it may claim only those
 * that are well known.
 */
import type { Audit } from '@trailmark/core'
import { auditFor, recordOnce } from '@trailmark/core/integration'

export interface UploadOptions {
  /** Default: the audit that follows the request, else the process's own. */
  readonly audit?: Audit
}

export interface RefusedUpload {
  /** One of the reasons of `file_upload_rejected`. */
  readonly reason: string
  /** The type that the client claims. */
  readonly mediaType?: unknown
  readonly limit?: unknown
}

/** Records a refused upload, once for each request: the first reason stands. Never throws. */
export function tellUpload(options: UploadOptions, { reason, mediaType, limit }: RefusedUpload, request: object): void {
  try {
    const metadata = {
      ...(typeof mediaType === 'string' && wellKnown.has(mediaType) ? { media_type: mediaType } : {}),
      ...(typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 0 ? { limit } : {}),
    }
    const event = { reason, request, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) }
    recordOnce(auditFor(options.audit, request), 'upload', 'file_upload_rejected', event)
  } catch {
    // What cannot be recorded must not change what the parser does.
  }
}

const wellKnown: ReadonlySet<string> = new Set([
  'application/gzip',
  'application/java-archive',
  'application/javascript',
  'application/json',
  'application/msword',
  'application/octet-stream',
  'application/pdf',
  'application/rtf',
  'application/vnd.ms-excel',
  'application/x-msdownload',
  'application/x-sh',
  'application/xml',
  'application/zip',
  'audio/mpeg',
  'image/gif',
  'image/heic',
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/webp',
  'text/csv',
  'text/html',
  'text/javascript',
  'text/plain',
  'text/xml',
  'video/mp4',
])
