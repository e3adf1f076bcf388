/** Listens when it is imported and exports nothing. */
import Router from '@koa/router'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'

const app = new Koa()
app.use(bodyParser())
app.use(auditMiddleware())
const router = new Router({ prefix: '/patients' })
router.get('/:id', audited.read('patient'), () => undefined)
router.post('/', () => undefined)
app.use(router.routes())
setTimeout(() => {
  app.listen(3000, () => console.log('listening'))
}, 20)
