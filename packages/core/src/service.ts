/**
 * Which service this is: its name, version, environment and instance, as every record says them.
 */

export interface ServiceIdentity {
  readonly name: string
  readonly version?: string
  readonly env: string
  readonly instance: string
}
