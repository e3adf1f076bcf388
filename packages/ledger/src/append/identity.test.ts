import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ownIdentity, processStart } from './identity.ts'

/** Two processes: one that sleeps, and its parent, which never asks how its children ended. */
async function startNeglected(): Promise<number> {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = await new Promise<Buffer[]>((resolve) => parent.stdout.once('data', (chunk) => resolve([chunk])))
  return Number(String(line))
}

const stateOf = (pid: number): string | undefined => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]

describe('the start of a process', () => {
  it('is the same whenever it is asked for, and nothing for a process that never was', () => {
    const { pid, start } = ownIdentity()
    expect(processStart(pid)).toBe(start)
    expect(processStart(2 ** 30)).toBeUndefined()
  })

  it.skipIf(!existsSync('/proc/self/stat'))(
    'is nothing once it has ended, also before its parent has asked how',
    async () => {
      const pid = await startNeglected()
      expect(processStart(pid)).toMatch(/^\d+$/)
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => stateOf(pid)).toBe('Z')
      expect(processStart(pid)).toBeUndefined()
    },
  )
})
