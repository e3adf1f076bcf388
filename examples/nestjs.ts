/**
 * A ward's list of patients in NestJS. Nest is written with decorators, which Node does not run; so here each is called, with a
 * comment that says what a compiled application writes instead. docs/nestjs.md has the same in their syntax.
 */
import 'reflect-metadata'
import { type CanActivate, Controller, type ExecutionContext, Get, Module, Param, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Audited, AuditModule } from '@trailmark/nestjs'

class NursesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest()
    // A stand-in for your authentication: whoever it finds belongs on request.user.
    request.user = { id: 'usr_8f3k2p', roles: [request.headers['x-role'] ?? 'guest'] }
    return request.user.roles.includes('nurse')
  }
}

class PatientsController {
  find(id: string): object {
    return { id, ward: 7 }
  }

  hello(): object {
    return { hello: 'world' }
  }
}

decorate(PatientsController, 'find', [
  Get('patients/:id'), // @Get('patients/:id')
  UseGuards(NursesGuard), // @UseGuards(NursesGuard)
  // @Audited.read('patient', { subject: (request) => request.params.id, permission: 'patients:read' })
  Audited.read('patient', { subject: (request) => request.params.id, permission: 'patients:read' }),
])
Param('id')(PatientsController.prototype, 'find', 0) // find(@Param('id') id: string)
decorate(PatientsController, 'hello', [Get('hello/:name'), Audited.exempt('no personal data')])
Controller()(PatientsController) // @Controller()

class AppModule {}
// @Module({ imports: [AuditModule.forRoot()], controllers: [PatientsController] })
Module({ imports: [AuditModule.forRoot()], controllers: [PatientsController] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] })
app.enableShutdownHooks()
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')

function decorate(type: typeof PatientsController, name: keyof PatientsController, with_: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name)
  if (descriptor !== undefined) for (const one of with_) one(type.prototype, name, descriptor)
}
