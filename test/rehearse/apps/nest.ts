/** Starts by itself, as Nest applications do, and exports nothing. Written without decorators, which Node does not strip. */
import 'reflect-metadata'
import { Controller, Delete, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Audited, AuditModule } from '@trailmark/nestjs'

class PatientsController {
  show(): string {
    return 'x'
  }
  remove(): string {
    return 'x'
  }
}
Controller('patients')(PatientsController)
decorate(PatientsController, 'show', [Get(':id'), Audited.read('patient')])
decorate(PatientsController, 'remove', [Delete(':id')])

class AppModule {}
Module({ imports: [AuditModule.forRoot()], controllers: [PatientsController] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: false })
await app.listen(3000)

function decorate(of: { readonly prototype: object }, name: string, decorators: readonly MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(of.prototype, name)
  if (descriptor === undefined) throw new Error(`no method ${name}`)
  for (const decorator of decorators) decorator(of.prototype, name, descriptor)
}
