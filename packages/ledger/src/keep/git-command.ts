/**
 * Git, run as a program: no shell, no hooks, no questions, nothing of the caller's environment that would lead it elsewhere.
 *
 * Plumbing only, so neither a working tree nor an index is touched. Output and time are bounded; what is still running when the time
 * is over is killed with everything it started.
 */
import { spawn } from 'node:child_process'

/** What git answered. */
export interface GitAnswer {
  readonly code: number
  readonly stdout: Buffer
  /** The end of what it had to say, on one line. */
  readonly stderr: string
}

export interface GitCall {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

const outputBytesMax = 4 * 1024 * 1024
const messageBytesMax = 2_000
const graceMs = 1_000

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.fsync=loose-object,reference',
  'core.fsyncMethod=fsync',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=no',
  'protocol.allow=never',
  'protocol.file.allow=always',
  'protocol.https.allow=always',
  'http.followRedirects=false',
].flatMap((setting) => ['-c', setting])

/** What a git process needs of ours: where programs and its own settings are, and how to reach the network. */
const passedOn =
  /^(PATH|HOME|USERPROFILE|SYSTEMROOT|TMPDIR|TEMP|TMP|XDG_CONFIG_HOME|SSL_CERT_(FILE|DIR)|(HTTPS?|ALL|NO)_PROXY)$/i

/** Runs git in one repository. Rejects with the system's error when it cannot be started, or an Error when it runs over. */
export class Git {
  readonly #repository: string
  readonly #signal: AbortSignal

  constructor(repository: string, signal: AbortSignal) {
    this.#repository = repository
    this.#signal = signal
  }

  /** What git answers, whatever its exit code. */
  run(args: readonly string[], call: GitCall = {}): Promise<GitAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) return reject(new Error('git was not started: the time is over'))
      const child = spawn('git', ['-C', this.#repository, ...settings, ...args], {
        env: { ...environment(), ...call.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own, so that what git starts ends with it.
        detached: process.platform !== 'win32',
        windowsHide: true,
      })
      const stdout: Buffer[] = []
      let length = 0
      let stderr = ''
      const stop = (): void => endGroup(child.pid)
      this.#signal.addEventListener('abort', stop, { once: true })
      child.stdout.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > outputBytesMax) stop()
        else stdout.push(chunk)
      })
      child.stderr.on('data', (chunk: Buffer) => {
        stderr = (stderr + chunk.toString()).slice(-messageBytesMax)
      })
      child.once('error', reject)
      child.once('close', (code, killed) => {
        this.#signal.removeEventListener('abort', stop)
        if (code === null) reject(new Error(`git ${args[0]} was ended by ${killed}`))
        else resolve({ code, stdout: Buffer.concat(stdout), stderr: oneLine(stderr) })
      })
      // Git may answer before it has read everything; what it says counts.
      child.stdin.on('error', () => {})
      child.stdin.end(call.input ?? '')
    })
  }

  /** What git prints, as text without the line feed at its end. Rejects with GitFailed unless it exits with 0. */
  async read(args: readonly string[], call: GitCall = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, call)
    if (code !== 0) throw new GitFailed(`git ${args[0]}: ${stderr || `exit code ${code}`}`)
    return stdout.toString().replace(/\n$/, '')
  }
}

/** Git was there and did not do it; the message holds its words. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed'
}

function environment(): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && passedOn.test(name)) kept[name] = value
  }
  return { ...kept, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: 'true', GIT_NO_REPLACE_OBJECTS: '1' }
}

/** Asks first: git then removes its lock files. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  setTimeout(signalGroup, graceMs, pid, 'SIGKILL').unref()
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim()
}
