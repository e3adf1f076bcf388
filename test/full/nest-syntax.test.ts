/**
 * An application in the syntax its users write: compiled by TypeScript with its legacy decorators and the metadata they emit, and
 * run in a process of its own, as Node runs no syntax for decorators.
 */
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratch, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

const application = `
import 'reflect-metadata'
import { CanActivate, Controller, ExecutionContext, Get, Inject, Injectable, Module, Param, Post, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { Audit } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { AUDIT, Audited, AuditModule } from '@trailmark/nestjs'

const audit = testAudit()

@Injectable()
class Letters {
  constructor(@Inject(AUDIT) private readonly audit: Audit) {}
  send(): string {
    this.audit.record('data_share', { targets: [{ type: 'letter' }], purpose: 'treatment' })
    return 'sent'
  }
}

@Injectable()
class RolesGuard implements CanActivate {
  constructor(private readonly letters: Letters) {}
  canActivate(context: ExecutionContext): boolean {
    return this.letters !== undefined && context.switchToHttp().getRequest().headers['x-role'] === 'nurse'
  }
}

@Controller('patients')
@UseGuards(RolesGuard)
@Audited.read('patient', { subject: (request) => request.params.id, permission: 'patients:read' })
class PatientsController {
  constructor(private readonly letters: Letters) {}

  @Get(':id')
  find(@Param('id') id: string) {
    return { id }
  }

  @Post(':id/letters')
  @Audited.create('letter', { id: (request: { params: { id: string } }) => request.params.id })
  write(): string {
    return this.letters.send()
  }

  @Get(':id/photo')
  @Audited.exempt('no personal data')
  photo(): string {
    return 'none'
  }
}

@Module({ imports: [AuditModule.forRoot({ audit })], controllers: [PatientsController], providers: [Letters] })
class AppModule {}

const adapter = process.argv[2] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter()
const app = await NestFactory.create(AppModule, adapter, { logger: false })
await app.listen(0, '127.0.0.1')
const url = await app.getUrl()
const nurse = { headers: { 'x-role': 'nurse' } }
await fetch(url + '/patients/7', nurse)
await fetch(url + '/patients/7/letters', { method: 'POST', ...nurse })
await fetch(url + '/patients/7/photo', nurse)
await fetch(url + '/patients/7')
while (audit.lines.length < 4) await new Promise((resolve) => setTimeout(resolve, 2))
console.log(JSON.stringify({ records: audit.records, coverage: audit.coverage().routes }))
await app.close()
`

const home = scratch('nestjs')
const compiled = join(home, 'out', relative(repository, home), 'app.js')

beforeAll(() => {
  writeFileSync(join(home, 'app.ts'), application)
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: ['node'],
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    customConditions: ['@trailmark/source'],
    // Packages are read from their sources here, which import by these names.
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    rootDir: repository,
    outDir: join(home, 'out'),
    verbatimModuleSyntax: false,
  }
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-p', '.', '--pretty', 'false'], {
    cwd: home,
    stdio: 'pipe',
  })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe.each(['express', 'fastify'])('an application with decorators, on %s', (platform) => {
  it('records what it declares, who its guard refuses and what its services tell', async () => {
    const child = start(process.execPath, [fromSources, compiled, platform], { cwd: home })
    await child.ended
    expect(child.stderr()).toBe('')
    const { records, coverage } = JSON.parse(child.stdout())
    expect(records.map(({ event_type }: { event_type: string }) => event_type)).toEqual([
      'data_access',
      'data_share',
      'data_create',
      'authz_deny',
    ])
    expect(records.at(-1)).toMatchObject({
      decision: { permission: 'patients:read' },
      metadata: { guard: 'RolesGuard' },
    })
    const spoken = coverage.filter(({ method }: { method: string }) => method !== 'HEAD')
    expect(coverage.filter(({ status }: { status: string }) => status === 'unaudited')).toEqual([])
    expect(spoken).toMatchObject([
      { method: 'GET', route: '/patients/:id', verb: 'read' },
      { method: 'POST', route: '/patients/:id/letters', verb: 'create' },
      { method: 'GET', route: '/patients/:id/photo', reason: 'no personal data' },
    ])
  })
})
