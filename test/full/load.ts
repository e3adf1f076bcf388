import { Agent, get } from 'node:http'

/** What one request was answered with. */
export interface Answer {
  readonly path: string
  readonly status: number
  readonly requestId: string
  readonly body: string
}

/** Asks for the paths in turn, on `sockets` connections that are kept, until the server is gone. Resolves to every whole answer. */
export async function loadUntilGone(port: number, paths: readonly string[], sockets: number): Promise<Answer[]> {
  const answers: Answer[] = []
  const loops = Array.from({ length: sockets }, async (_, socket) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    try {
      for (let i = socket; ; i++) answers.push(await ask(agent, port, paths[i % paths.length] ?? '/'))
    } catch {
      // Refused, or cut off in the middle: whatever this request was, nobody was told of it.
    } finally {
      agent.destroy()
    }
  })
  await Promise.all(loops)
  return answers
}

function ask(agent: Agent, port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ agent, host: '127.0.0.1', port, path }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.once('error', reject)
      response.once('end', () => {
        if (!response.complete) return reject(new Error('cut off'))
        const requestId = String(response.headers['x-request-id'] ?? '')
        return resolve({ path, status: response.statusCode ?? 0, requestId, body })
      })
      response.once('close', () => reject(new Error('cut off')))
    })
    request.once('error', reject)
  })
}
