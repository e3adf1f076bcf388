import type { StreamInfo } from '../stream.ts'

export async function findStreams(root: string): Promise<StreamInfo[]> {
  throw new Error(`not written yet: ${root}`)
}
