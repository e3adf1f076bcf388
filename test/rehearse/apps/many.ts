/** As many routes as the register holds, with names that a terminal and XML would act on. */
import { auditMiddleware } from '@trailmark/express'
import { express4 as express } from '../../express/versions.ts'

export const app = express()
app.use(auditMiddleware())
for (let n = 0; n < 9_999; n++) app.get(`/r/${n}`, (_req: unknown, res: { end(): void }) => void res.end())
app.get('/<b a="1">&\u001b]0;x\u0007', (_req: unknown, res: { end(): void }) => void res.end())
