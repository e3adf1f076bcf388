import type { RequestListener } from 'node:http'
import type { Variant } from './variant.ts'

/** What answers the requests of one framework, with what this variant puts beside it. */
export async function listenerOf(framework: string, variant: Variant, home: string): Promise<RequestListener> {
  const module = (await import(`./${framework}.ts`)) as {
    listener(variant: Variant, home: string): RequestListener | Promise<RequestListener>
  }
  return module.listener(variant, home)
}
