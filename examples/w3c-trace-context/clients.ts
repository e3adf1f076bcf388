/** The two clients of Node, with nothing said about tracing: headers come by themselves. */
import http from 'node:http'
import type { Send } from './service.ts'

const headers = { 'content-type': 'application/json' }

export const clients: Readonly<Record<'http' | 'fetch', Send>> = {
  async fetch(url, body) {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    await answer.arrayBuffer()
  },

  http(url, body) {
    return new Promise((resolve, reject) => {
      http
        .request(url, { method: 'POST', headers }, (answer) => answer.resume().on('end', resolve).on('error', reject))
        .on('error', reject)
        .end(JSON.stringify(body))
    })
  },
}
