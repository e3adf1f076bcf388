/** Names in a directory of a ledger, sorted; none when it is not there, since that is a finding and not an error. */
import { readdir } from 'node:fs/promises'

export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort()
  } catch {
    return []
  }
}
