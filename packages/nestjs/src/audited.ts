/**
 * What a handler does with personal data, said in a decorator: `@Audited.read('patient', { … })`.
 *
 * On a method it speaks for that method, on a controller for all methods that say nothing themselves. It only leaves metadata;
 * the interceptor of this package reads it for each request, and the coverage once for all.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { SetMetadata } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { AuditError } from '@trailmark/core'
import {
  type AccessOptions,
  type AccessVerb,
  type EventOptions,
  type LoginOptions,
  type LogoutOptions,
  type Statement,
  state,
} from '@trailmark/core/http'

/** Of the request, what Express and Fastify have in common. A question may name its own type instead. */
export interface AuditedRequest {
  readonly params: Readonly<Record<string, string | undefined>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly headers: IncomingHttpHeaders
  /** What a guard or a strategy has left there. */
  readonly user?: unknown
}

/** For methods and for controllers. */
export type AuditedDecorator = MethodDecorator & ClassDecorator

/** What is said of a handler: what it does, or why it needs no record. */
export type Mark = { readonly statement: Statement<Asked> } | { readonly reason: string }

/** What questions are asked with. Which types these have is for whoever wrote the question to know. */
export type Asked = [request: unknown, response: unknown]

/** For the verbs: `resource` is your own name of the kind of data. */
type Declare = <Req = AuditedRequest, Res = unknown>(
  resource: string,
  options?: AccessOptions<[request: Req, response: Res]>,
) => AuditedDecorator

/**
 * Decorators for handlers that touch personal data, let people in, or change what they may do. They are asked with the
 * request and the response of the framework below. Functions among the options that throw cost their field, never the request.
 * `Audited.export`, and whatever policy puts into class `block`, lets the handler run only once the attempt is durable; within
 * 2 s or the answer is a 503 problem. An option that cannot be throws `AUDIT_OPTION_INVALID` when the class is defined.
 *
 * ```ts
 * @Controller('patients')
 * class PatientsController {
 *   @Get(':id')
 *   @Audited.read('patient', { subject: (req) => req.params.id })
 *   find(@Param('id') id: string) { … }
 * }
 * ```
 */
export const Audited = {
  read: declaring('read'),
  create: declaring('create'),
  update: declaring('update'),
  delete: declaring('delete'),
  export: declaring('export'),
  /** Recorded as `bulk_query`. */
  search: declaring('search'),
  /** Recorded as `data_share`. */
  share: declaring('share'),
  /** Somebody logs in here: `login_success` or `login_failure`, whichever the answer shows. */
  login<Req = AuditedRequest, Res = unknown>(options?: LoginOptions<[request: Req, response: Res]>): AuditedDecorator {
    return stating(state.login(options))
  },
  /** Somebody logs out here; who it was is asked before the handler runs. */
  logout<Req = AuditedRequest, Res = unknown>(
    options?: LogoutOptions<[request: Req, response: Res]>,
  ): AuditedDecorator {
    return stating(state.logout(options))
  },
  /** Any other event of the catalogue, or one of your own; what the answer shows is its outcome. */
  event<Req = AuditedRequest, Res = unknown>(
    type: string,
    options?: EventOptions<[request: Req, response: Res]>,
  ): AuditedDecorator {
    return stating(state.event(type, options))
  },
  /** Says why a handler needs no record; the reason stands in the coverage. Throws an `AuditError` for an empty reason. */
  exempt(reason: string): AuditedDecorator {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new AuditError('AUDIT_OPTION_INVALID', 'Audited.exempt: a reason is needed, for whoever reads the coverage')
    }
    return marking({ reason })
  },
} as const

const ownKey = '@trailmark/nestjs/audited/1'
/** On methods of a class that was decorated as a whole. Nest copies a method's metadata to the route it registers. */
const classKey = '@trailmark/nestjs/audited-class/1'
const reflector = new Reflector()

export type Handler = Parameters<Reflector['get']>[1]

/** What is said of this handler of this controller, by itself or by the controller as a whole. */
export function markOf(handler: Handler, controller: Handler): Mark | undefined {
  return readMark(reflector.get(ownKey, handler)) ?? readMark(reflector.get(ownKey, controller))
}

/** What is said of a function that Nest registered as a route. */
export function markOfRoute(route: Handler): Mark | undefined {
  return readMark(reflector.get(ownKey, route)) ?? readMark(reflector.get(classKey, route))
}

function readMark(value: unknown): Mark | undefined {
  return typeof value === 'object' && value !== null && ('statement' in value || 'reason' in value)
    ? (value as Mark) // Under a key of ours nobody else writes.
    : undefined
}

function declaring(verb: AccessVerb): Declare {
  return (resource, options) => stating(state.access(verb, resource, options))
}

function stating<Req, Res>(statement: Statement<[request: Req, response: Res]>): AuditedDecorator {
  return marking({ statement: statement as Statement<Asked> })
}

function marking(mark: Mark): AuditedDecorator {
  const own = SetMetadata(ownKey, mark)
  const ofClass = SetMetadata(classKey, mark)
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (typeof target !== 'function' || descriptor !== undefined) {
      own(target, key ?? '', descriptor ?? {})
      return
    }
    own(target)
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(target.prototype))) {
      if (name !== 'constructor' && typeof member.value === 'function') ofClass(target.prototype, name, member)
    }
  }
}
