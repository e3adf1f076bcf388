/** The same for a CommonJS module, which reaches the packages by require(). Never run. */
import core = require('@trailmark/core')
import trailmark = require('@trailmark/express')
import plugin = require('@trailmark/fastify')
import express = require('express')
import Fastify = require('fastify')

const audit: core.Audit = core.createAudit({ service: 'stranger' })
const app = express()
app.use(trailmark.auditMiddleware({ audit }))
const fastify = Fastify.fastify()
void fastify.register(plugin.default, { audit })

export = { app, fastify }
