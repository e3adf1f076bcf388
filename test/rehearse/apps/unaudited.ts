import express from 'express'

export const app = express()
const api = express.Router()
api.get('/patients/:id', (_req, res) => void res.end())
app.use('/api', api)
