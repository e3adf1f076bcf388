import type { VerifyOptions, VerifyReport } from './report.ts'

export async function verify(root: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  throw new Error(`not written yet: ${root} ${options.publicKeys?.length}`)
}
