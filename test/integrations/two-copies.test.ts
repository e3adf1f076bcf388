/** What is watched by two copies of this package, because two libraries brought one each, is told once. */

import { createMongoAbility } from '@casl/ability'
import { OPAClient } from '@open-policy-agent/opa'
import { OpenFgaClient } from '@openfga/sdk'
import { testAudit } from '@trailmark/core/testing'
import { auditAccessControl } from '@trailmark/integrations/accesscontrol'
import { auditCasbin } from '@trailmark/integrations/casbin'
import { auditCasl } from '@trailmark/integrations/casl'
import { auditCsrfCsrf } from '@trailmark/integrations/csrf-csrf'
import { auditGuard } from '@trailmark/integrations/guard'
import { auditOpa } from '@trailmark/integrations/opa'
import { auditOpenFga } from '@trailmark/integrations/openfga'
import { AccessControl } from 'accesscontrol'
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin'
import { doubleCsrf } from 'csrf-csrf'
import { afterEach, expect, it } from 'vitest'
import { inRequest } from './decisions.ts'
import { type PolicyServer, servePolicies } from './policy-server.ts'

let server: PolicyServer | undefined
afterEach(() => server?.close())

/** The same module, loaded a second time. */
async function copyOf<M>(name: string): Promise<M> {
  const path = `../../packages/integrations/src/${name}.ts?copy`
  return (await import(path)) as M
}

const audit = testAudit()

async function expectOne(ask: () => unknown): Promise<void> {
  audit.clear()
  await inRequest(ask)
  const told = audit.records.filter(({ category }) => category === 'authz' || category === 'security')
  expect(told.map(({ event_type: type }) => type)).toHaveLength(1)
}

it('two copies around CASL record once', async () => {
  const other = await copyOf<{ auditCasl: typeof auditCasl }>('casl')
  const ability = other.auditCasl(auditCasl(createMongoAbility([{ action: 'read', subject: 'Ward' }]), { audit }), {
    audit,
  })
  await expectOne(() => ability.can('read', 'Ward'))
})

it('two copies around Casbin record once', async () => {
  const model = newModelFromString(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub
`)
  const other = await copyOf<{ auditCasbin: typeof auditCasbin }>('casbin')
  const enforcer = auditCasbin(await newEnforcer(model, new StringAdapter('p, a, b, c')), { audit })
  other.auditCasbin(enforcer, { audit })
  await expectOne(() => enforcer.enforce('a', 'b', 'c'))
})

it('two copies around accesscontrol record once', async () => {
  const ac = new AccessControl()
  ac.grant('nurse').readAny('ward')
  const other = await copyOf<{ auditAccessControl: typeof auditAccessControl }>('accesscontrol')
  other.auditAccessControl(auditAccessControl(ac, { audit }), { audit })
  await expectOne(() => ac.can('nurse').readAny('ward'))
})

it('two copies around OpenFGA record once', async () => {
  server = await servePolicies(() => ({ body: { allowed: true } }))
  const other = await copyOf<{ auditOpenFga: typeof auditOpenFga }>('openfga')
  const client = new OpenFgaClient({ apiUrl: server.url, storeId: '01JDF00000000000000000ST0R' })
  other.auditOpenFga(auditOpenFga(client, { audit }), { audit })
  await expectOne(() => client.check({ user: 'user:a', relation: 'viewer', object: 'ward:1' }))
})

it('two copies around OPA record once', async () => {
  server = await servePolicies(() => ({ body: { result: true } }))
  const other = await copyOf<{ auditOpa: typeof auditOpa }>('opa')
  const client = other.auditOpa(auditOpa(new OPAClient(server.url), { audit }), { audit })
  await expectOne(() => client.evaluate('ward/allow', {}))
})

it('two copies around a guard record once', async () => {
  const other = await copyOf<{ auditGuard: typeof auditGuard }>('guard')
  const guard = other.auditGuard(
    'outer',
    auditGuard('inner', () => true, { audit }),
    { audit },
  )
  await expectOne(() => guard())
})

it('two copies around csrf-csrf record once', async () => {
  const other = await copyOf<{ auditCsrfCsrf: typeof auditCsrfCsrf }>('csrf-csrf')
  const utilities = doubleCsrf({ getSecret: () => 'a secret of this test', getSessionIdentifier: () => 'session' })
  other.auditCsrfCsrf(auditCsrfCsrf(utilities, { audit }), { audit })
  const request: object = { method: 'POST', headers: {}, cookies: {} }
  await expectOne(() => Reflect.apply(utilities.doubleCsrfProtection, undefined, [request, {}, () => undefined]))
})
