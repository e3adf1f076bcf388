/** What the module gives to the application's own providers. */

/**
 * Injects the audit: `@Inject(AUDIT) private readonly audit: Audit`.
 *
 * A symbol of the global registry, so that two copies of this package mean the same.
 */
export const AUDIT: symbol = Symbol.for('@trailmark/nestjs/audit/1')
