/**
 * Which application stands behind which layer. Express hides a mounted application in a closure, so that neither its routes
 * nor their prefix could be read from outside; we look on while it is mounted.
 */
import { type Application, isApplication, type Layer, routerOf } from './stack.ts'

const mounted = new WeakMap<Layer, Application>()
const looking = new WeakSet<Application>()

/** The application mounted in this layer, if it was seen. */
export function mountedIn(layer: Layer): Application | undefined {
  return mounted.get(layer)
}

/** True for a layer that holds an application nobody saw being mounted: its routes are not known. */
export function isHidden(layer: Layer): boolean {
  return layer.name === 'mounted_app' && !mounted.has(layer)
}

/** From now on applications mounted in `app`, and in those, are seen. */
export function lookOnMounting(app: Application): void {
  if (looking.has(app)) return
  looking.add(app)
  const { use } = app
  app.use = function useAndLook(...given) {
    const before = routerOf(this)?.stack.length ?? 0
    const result = use.apply(this, given)
    const added = (routerOf(this)?.stack ?? []).slice(before)
    // One layer for each function, in the order they were given; an Express 4 application begins with two of its own.
    const handlers = given.flat(Number.POSITIVE_INFINITY).filter((handler) => typeof handler === 'function')
    for (const [i, layer] of added.slice(added.length - handlers.length).entries()) {
      const handler: unknown = handlers[i]
      if (layer.name !== 'mounted_app' || !isApplication(handler)) continue
      mounted.set(layer, handler)
      lookOnMounting(handler)
    }
    return result
  }
}
