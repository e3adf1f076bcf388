/** Where `add-checkpoint` stands below a submission prefix. */
import { isLoopback } from './http-post.ts'

/**
 * The address, or why there is none. Plain HTTP only to this machine: elsewhere anybody on the way could hold a checkpoint
 * back, or answer that the witness holds another one.
 */
export function addCheckpointUrl(prefix: string): URL | string {
  const url = URL.canParse(prefix) ? new URL(prefix) : undefined
  if (url === undefined) return 'is not a URL'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))
    return 'has to begin with https:, or with http: and a loopback address'
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return 'has to be a prefix without user, query and fragment'
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/add-checkpoint`
  return url
}
