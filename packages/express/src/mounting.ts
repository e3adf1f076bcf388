/**
 * What Express forgets once something is mounted: the application behind a layer, which it hides in a closure, and before
 * router 2.3 the path as it was written. We look on while `app.use()` is called, and remember.
 */
import { type Application, isApplication, type Layer, routerOf } from './stack.ts'

const applications = new WeakMap<Layer, Application>()
const paths = new WeakMap<Layer, unknown>()
const looking = new WeakSet<Application>()

/** The application mounted in this layer, if it was seen. */
export function mountedIn(layer: Layer): Application | undefined {
  return applications.get(layer)
}

/** The path this layer was mounted with, as it was written; undefined if that was not seen. */
export function pathSeen(layer: Layer): unknown {
  return paths.get(layer)
}

/** True for a layer that holds an application nobody saw being mounted: its routes are not known. */
export function isHidden(layer: Layer): boolean {
  return layer.name === 'mounted_app' && !applications.has(layer)
}

/** From now on what is mounted in `app`, and in applications mounted there, is seen. */
export function lookOnMounting(app: Application): void {
  if (looking.has(app)) return
  looking.add(app)
  const { use } = app
  app.use = function useAndLook(...given) {
    const before = routerOf(this)?.stack.length ?? 0
    const result = use.apply(this, given)
    remember((routerOf(this)?.stack ?? []).slice(before), given)
    return result
  }
}

function remember(added: readonly Layer[], given: readonly unknown[]): void {
  const handlers = given.flat(Number.POSITIVE_INFINITY).filter((handler) => typeof handler === 'function')
  const [first] = given
  const path: unknown = [first].flat(Number.POSITIVE_INFINITY).some((one) => typeof one === 'function') ? '/' : first
  // One layer for each function, in the order they were given; an Express 4 application begins with two of its own.
  for (const [i, layer] of added.slice(added.length - handlers.length).entries()) {
    paths.set(layer, path)
    const handler: unknown = handlers[i]
    if (layer.name !== 'mounted_app' || !isApplication(handler)) continue
    applications.set(layer, handler)
    lookOnMounting(handler)
  }
}
