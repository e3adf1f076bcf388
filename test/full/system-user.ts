/** Servers that refuse to run as root run as the user that Debian's package makes for them. */
import { readFileSync } from 'node:fs'

/** What `spawn()` needs to run as this user; nothing where this process is not root's. Throws when there is no such user. */
export function systemUser(name: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${name}`)
  return { uid: Number(uid), gid: Number(gid) }
}
