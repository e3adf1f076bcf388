/** A server around the application, and a database that is not there. */
import { createServer } from 'node:http'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'

const app = express()
app.use(auditMiddleware())
app.get('/patients/:id', audited.read('patient'), (_req, res) => void res.end())
export const server = createServer((req, res) => app(req, res))
void Promise.reject(Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }))
