import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability'
import { auditCasl } from '@trailmark/integrations/casl'
import type { NextFunction, Request, Response } from 'express'
import type { Identity } from './service.ts'

/** What each role may do, said in CASL's words. Every question that is asked of an ability is on record, with its answer. */
function abilityOf(roles: readonly string[]): MongoAbility {
  const { can, build } = new AbilityBuilder(createMongoAbility)
  if (roles.includes('doctor')) can(['read', 'update'], ['Patient', 'Scan'])
  if (roles.includes('nurse')) can('read', ['Patient', 'Scan'])
  if (roles.includes('reception')) can('create', 'Appointment')
  if (roles.includes('reception') || roles.includes('admin')) can('read', 'Patient')
  if (roles.includes('admin')) can(['export', 'grant'], ['Patient', 'Role'])
  return auditCasl(build(), { policyId: 'clinic', policyVersion: '3' })
}

const abilities = new Map<string, MongoAbility>()

function mayDo(user: Identity | undefined, action: string, thing: string): boolean {
  const key = user?.roles.join() ?? ''
  const ability = abilities.get(key) ?? abilityOf(user?.roles ?? [])
  abilities.set(key, ability)
  return ability.can(action, thing)
}

/** Middleware: goes on if the user may, and answers 403 if not. */
export function allow(action: string, thing: string) {
  return (req: Request, res: Response, next: NextFunction): void => {
    if (mayDo(req.user, action, thing)) next()
    else res.status(403).json({ error: 'not allowed' })
  }
}
