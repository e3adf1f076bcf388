/**
 * The audit trail of one service: the one file that knows every step, and reads like the sentence
 *
 *     request → capture → decide → mask → record → ledger
 *
 * `createAudit()` checks the options, opens keys and ledgers, and joins the steps. The way of one event through them is in
 * `pipeline.ts`; start, signals and end are in `lifetime.ts`.
 */
import { join } from 'node:path'
import { openAnchors } from './anchors.ts'
import { type AuthorizeCall, createAuthorize } from './authorize.ts'
import { compileProxies } from './capture/client-ip.ts'
import { installOutbound } from './capture/outbound.ts'
import { compileTrust } from './capture/trust.ts'
import type { BuiltInEvents, Catalogue } from './catalogue.ts'
import { systemClock } from './clock.ts'
import { checkOptions, type Platform, readConfiguration, thisPlatform } from './configuration.ts'
import { hashConfiguration } from './configuration-hash.ts'
import { guardConsole } from './console-guard.ts'
import { type Coverage, createCoverage } from './coverage.ts'
import { isLevelEnabled } from './decide/level.ts'
import { compilePolicy } from './decide/policy.ts'
import { createDecisionRegister } from './decision-register.ts'
import { catalogueOf } from './define-events.ts'
import type { EventInput } from './event.ts'
import { type SafeError, safeError } from './fault/safe-error.ts'
import { createCounts, type Health, type Readiness, readHealth, readReadiness } from './health.ts'
import { rememberData } from './http/access-below.ts'
import { readRoutePolicy } from './http/route-policy.ts'
import { uuidv7 } from './id.ts'
import { openInTransaction } from './in-transaction.ts'
import { isInspectorOpen } from './inspector.ts'
import { createKeyKeeper } from './key-keeper.ts'
import { Lifetime } from './lifetime.ts'
import { createMasker } from './mask/mask.ts'
import { pseudonymsOf } from './mask/subject-pseudonyms.ts'
import { createTokens } from './mask/tokens.ts'
import { createNotices, silentNotices } from './notice.ts'
import type { AuditOptions } from './options.ts'
import { composeFact, composeNews, findOffered, Pipeline } from './pipeline.ts'
import { processFacts } from './record/announcements.ts'
import { createBodyWriter } from './record/bodies.ts'
import { createOperational, isLine } from './record/operational.ts'
import { Recorder } from './record/recorder.ts'
import type { RecordCall, TransactionCall } from './record-call.ts'
import { findRehearsal, rehearsedOptions } from './rehearsal.ts'
import { giveRuntime, type Runtime } from './runtime.ts'
import { maskAddress } from './scrub/address.ts'
import { createScrubber } from './scrub/scrub.ts'
import { checkScrubberAtStart } from './scrub/self-test.ts'
import { createSealRequests, type SealedLedger, sealAndSwitch } from './seal-and-switch.ts'
import type { ServiceIdentity } from './service.ts'
import { openStorage, storageWeakness } from './storage.ts'

/** What `readyHandler` needs of a response: Node's own has it. */
export interface ProbeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

/** An open audit trail. Make one per process with `createAudit()`, or let the adapters share `defaultAudit()`. */
export interface Audit<E extends Catalogue = BuiltInEvents> {
  readonly service: ServiceIdentity
  /**
   * Records an event: masks and serialises it in the caller's turn and hands it to the ledger.
   *
   * Never throws and never blocks on I/O; what goes wrong is in the receipt and in `health()`. What the event leaves out
   * (request, actor, address) is taken from the request in progress; `event.request` names another one, and then wins.
   *
   *     const receipt = audit.record('login_failure', { actor: { id: 'usr_8f3k2p' }, reason: 'invalid_password' })
   *     await receipt.durable
   */
  readonly record: RecordCall<E>
  /**
   * Asks `decide` whether something is allowed, and records the answer as `authz_allow` or `authz_deny`: true, false, or
   * `{ allowed, reason, policyId, … }`, now or as a promise. Answers what was recorded; whatever is no answer is a refusal.
   * What `decide` throws is recorded as a refusal that could not be decided (outcome `failure`), and thrown on. The same
   * answer to the same question is one record per request.
   *
   *     if (!(await audit.authorize({ permission: 'patients:read' }, () => policy.allows(user, 'read')))) return forbid()
   */
  readonly authorize: AuthorizeCall
  /**
   * Records an event if and only if `transaction` commits: the record waits in your own database (option `outbox`) until it
   * did, and is then taken to the ledger. `transaction` is what your library calls one: a pg client, `trx` of Knex or
   * Kysely, `tx` of Drizzle or Prisma.
   *
   * Resolves once the row is written by the transaction. Rejects with what the database says, with `AUDIT_OUTBOX_MISSING`, or
   * with `AUDIT_EVENT_INCOMPLETE`: let the transaction fail then.
   *
   *     await knex.transaction(async (trx) => {
   *       await trx('grants').insert({ user, role })
   *       await audit.inTransaction(trx, 'role_assigned', { subjects: [user], metadata: { role: 'admin' } })
   *     })
   */
  readonly inTransaction: TransactionCall<E>
  /** The state of every ledger, the queues and the counters. Cheap enough for a probe. */
  health(): Health
  /** Whether this process can keep its promise to record; false also says why. */
  ready(): Readiness
  /** Answers a readiness probe: 200 or 503 with `ready()` as JSON. Mount it where your platform looks. */
  readyHandler(request: object, response: ProbeResponse): void
  /** Which mounted routes are audited, exempt or forgotten. */
  coverage(): Coverage
  /**
   * Resolves when everything recorded so far is durable, and lines are handed to the system. Waits while a disk is full;
   * rejects with a coded error when a ledger was closed first.
   */
  flush(): Promise<void>
  /**
   * On suspicion: ends, seals and write-protects what every ledger holds so far, within a second, while recording goes on
   * behind it. Resolves with what was sealed, nothing in memory; each is on record as `log_rotated`. Rejects with the first
   * ledger's coded error once the others are sealed; waits while a disk is full.
   *
   *     for (const { dir, file, sha256 } of await audit.sealAndSwitch()) await preserve(join(dir, file), sha256)
   */
  sealAndSwitch(): Promise<SealedLedger[]>
  /**
   * Flushes, closes the ledgers in good order and removes every listener and timer. Records made afterwards are refused
   * with `AUDIT_CLOSED`. Calling it again gives the same promise. Rejects with the first ledger's coded error.
   */
  close(): Promise<void>
}

/**
 * Opens the audit trail of this service. Synchronous: when it returns, ledgers are open and everything can be recorded.
 *
 * All options are optional. Without any, the service is named by the nearest package.json, ledgers live under
 * `TRAILMARK_DIR` or `./.trailmark`, keys under `TRAILMARK_KEYS_DIR` or `./.trailmark-keys`, each made once with one notice;
 * under NODE_ENV=test everything stays in memory and is silent.
 *
 * Throws an `AuditError`: `AUDIT_OPTION_INVALID` naming the option, `AUDIT_DIR_UNUSABLE` naming the directory; or the
 * `KeysError` of a keys directory that others can read.
 *
 *     const audit = createAudit({ service: 'clinic', dir: '/var/lib/trailmark' })
 */
export function createAudit<const E extends Catalogue = Record<never, never>>(
  options: AuditOptions<E> = {},
): Audit<BuiltInEvents & E> {
  return openAudit(options)
}

/** What a test may replace besides options. */
export interface AuditSurroundings {
  readonly platform?: Platform
  /** Where notices go; default stderr, and nowhere under NODE_ENV=test. */
  readonly print?: (line: string) => void
  /** Default UUIDv7. */
  readonly newId?: (nowMs: number) => string
}

/** `createAudit()` in other surroundings: for tests. */
export function openAudit<const E extends Catalogue = Record<never, never>>(
  given: AuditOptions<E>,
  surroundings: AuditSurroundings = {},
): Audit<BuiltInEvents & E> {
  // 1. Everything that can be wrong with the options is found before anything is opened.
  checkOptions(given)
  const rehearsal = findRehearsal()
  const options = rehearsedOptions(given)
  const { platform = thisPlatform(), print = rehearsal?.print, newId = uuidv7 } = surroundings
  const clock = options.clock ?? systemClock
  const scrubber = createScrubber(options.scrub)
  checkScrubberAtStart(scrubber, options.scrub)
  const catalogue = catalogueOf(options.events)
  const policy = compilePolicy(options.policy, catalogue)
  compileProxies(options.proxies)
  const routes = readRoutePolicy(options.routes, platform.cwd, catalogue)
  const { hash, parts } = hashConfiguration(options, policy.hashInput, catalogue, scrubber.id, routes?.plain)
  const configuration = readConfiguration(options, platform, { trust: compileTrust(options.trust), routes, hash })
  const { service } = configuration
  const notices = print === undefined && configuration.test ? silentNotices() : createNotices(print)
  const counts = createCounts()
  const stopOutbound = installOutbound(configuration.outbound, (reason) => {
    notices.notice('OUTBOUND_SKIPPED', `an outgoing request to an allowed origin went without our headers: ${reason}`)
  })

  // 2. Keys and ledgers. From the first stream_open on, what goes wrong is also on record.
  const envelope = { service, policy: hash, scrubber: scrubber.id }
  const { storage, masker, tokens, recorder } = undoing(stopOutbound, () => {
    const storage = openStorage({ options, configuration, platform, clock, notices })
    const tokens = createTokens(storage.keys.tokens)
    const pseudonyms = options.pseudonyms ?? pseudonymsOf(storage.keys.subjects, tokens)
    const masker = createMasker({
      tokens,
      pseudonyms,
      origin: (stream, retentionClass) => `${service.name}/${stream}.${retentionClass}`,
      undeclared: options.undeclared,
      scrubber,
    })
    const facts = { catalogue, clock, masker, newId }
    const recorder = new Recorder({
      open: (log) => {
        const onFact: typeof log.onFact = (fact) => {
          if (fact.kind === 'sealed') anchors?.sealed()
          log.onFact(fact)
        }
        return storage.open({ ...log, onFact })
      },
      bodyWriter: (writer) => createBodyWriter(envelope, writer),
      compose: (type, event) => composeFact(facts, type, event),
      subjects: { pseudonyms, compose: (news) => composeNews(facts, news) },
      queueBytesMax: configuration.limits.queueBytesMax,
      clock,
      counts,
      openMetadata: processFacts(hash, parts),
      notice: notices.notice,
    })
    return { storage, masker, tokens, recorder }
  })
  const operational = createOperational({
    target: configuration.operational,
    level: configuration.logLevel,
    colour: platform.stdoutTerminal && !platform.env.NO_COLOR,
    envelope,
    counts,
  })

  // 3. The steps in their order.
  const pipeline = new Pipeline({
    catalogue,
    clock,
    counts,
    policy,
    masker,
    newId,
    activity: options.activity ?? true,
    append: (masked) => (isLine(masked) ? operational.record(masked) : recorder.record(masked)),
    onTime: (nowMs) => lifetime.checkClock(nowMs),
    advise: (code, message) => {
      if (configuration.terminal || !configuration.production) notices.notice(code, message)
    },
  })
  const serviceDir = storage.dir === undefined ? undefined : join(storage.dir, service.name)
  const weak: Record<string, boolean> = {
    ...storageWeakness(storage),
    no_anchor: serviceDir === undefined || !options.anchors?.length,
    no_second_copy: true,
    no_proxies: configuration.proxies.length === 0,
    environment_unset: !platform.env.NODE_ENV,
    debug_paths_allowed: (configuration.debugGuard?.allows ?? 0) > 0,
    inspector_open: configuration.production && isInspectorOpen(platform.env),
    level_refused: configuration.refusedLevel !== undefined,
  }
  const beforeEnd: (() => void)[] = []
  if (options.console === 'scrub')
    beforeEnd.push(guardConsole({ scrubber, enabled: (level) => isLevelEnabled(level, configuration.logLevel) }))
  const hosts = new Set(options.scrub?.hosts)
  const skeletonOf = (error: unknown): SafeError => safeError(error, tokens, hosts)
  const health = (): Health => readHealth(recorder, counts, configuration.limits.queueBytesMax, weak, anchors?.health())

  const announce = (type: string, event: EventInput): void =>
    void recorder.record(composeFact({ catalogue, clock, masker, newId }, type, event))

  const seal = (): Promise<SealedLedger[]> => sealAndSwitch({ seal: () => recorder.seal(), announce })
  const tendKeys = createKeyKeeper(storage.keys.subjects, { notice: notices.notice, announce })
  const lookForRequests = createSealRequests(serviceDir, () => {
    seal().catch((error: unknown) => notices.notice('SEAL_FAILED', `not everything could be sealed: ${String(error)}`))
  })
  const undo = (): void => {
    recorder.closeSync()
    stopOutbound()
  }
  const anchors = undoing(undo, () =>
    openAnchors({
      serviceDir,
      signer: storage.keys.log,
      epochs: storage.keys.epochs,
      anchors: options.anchors ?? [],
      everyMs: options.anchorEveryMs,
      clock,
      notice: notices.notice,
      announce,
      ledgers: () => recorder.health(),
    }),
  )

  const transactions = openInTransaction({
    outbox: options.outbox,
    pipeline,
    recorder,
    catalogue,
    tokens,
    serviceDir,
    announce,
    notice: notices.notice,
  })

  // 4. The start is on record, and the process is watched.
  if (weak.environment_unset && configuration.terminal) {
    notices.notice(
      'NODE_ENV_UNSET',
      'NODE_ENV is not set: treated as production, but this terminal shows readable lines and raw errors',
    )
  }
  const lifetime = new Lifetime({
    configuration,
    parts,
    weak,
    serviceDir,
    anchors,
    clock,
    counts,
    notices,
    recorder,
    operational,
    health,
    safeError: skeletonOf,
    announce,
    recordCrash: (error, origin) =>
      void pipeline.record('application_error', { reason: 'unhandled', metadata: { origin } }, { error }),
    stopOutbound,
    stopRelay: () => transactions.relay?.stop(),
    tend: (nowMs) => {
      tendKeys(nowMs)
      lookForRequests()
    },
    beforeEnd: () => {
      for (const work of beforeEnd) work()
    },
    inspectorOpen: () => configuration.production && isInspectorOpen(platform.env),
    onInspector: () => {
      weak.inspector_open = true
      notices.notice(
        'INSPECTOR_OPEN',
        'a debugger can be attached to this process in production and read everything in it; start it without --inspect',
      )
    },
  })
  const coverage = createCoverage((route, method) => routes?.coverageOf(route, method))
  const decisions = createDecisionRegister({
    clock,
    record: (type, event, extra) => void pipeline.record(type, event, extra),
  })
  const runtime: Runtime = {
    options: configuration,
    get closed() {
      return lifetime.closed
    },
    clock,
    coverage,
    counts,
    recordIn: (exchange, type, event, extra) => pipeline.recordIn(exchange, type, event, extra),
    failureClass: (exchange, type, event, extra) => pipeline.failureClass(exchange, type, event, extra),
    mayBlock: (type) => pipeline.mayBlock(type),
    decisions,
    definitionOf: (type) => findOffered(catalogue, type)?.definition,
    isAskedFor: (exchange, type, event, extra) => pipeline.isAskedFor(exchange, type, event, extra),
    accessLine: (line) => operational.line(line, clock.now(), maskAddress(line.clientAddress)),
    notice: notices.notice,
    scrubber,
    safeError: skeletonOf,
    tokenOf: (purpose, value) => tokens.token(purpose, value, { timeMs: clock.now() }),
    weaken: (name) => {
      weak[name] = true
    },
    beforeEnd: (work) => void beforeEnd.push(work),
    showRawError: (error, requestId) => lifetime.showRawError(error, requestId),
  }
  const audit: Audit<BuiltInEvents & E> = {
    service,
    record: (type: string, event?: unknown) => pipeline.record(type, event),
    authorize: createAuthorize({ decisions, notice: notices.notice }),
    inTransaction: (transaction: object, type: string, event?: unknown) => transactions.put(transaction, type, event),
    health,
    ready: () => readReadiness(recorder, lifetime.closed),
    readyHandler(_request, response) {
      const readiness = readReadiness(recorder, lifetime.closed)
      response.writeHead(readiness.ready ? 200 : 503, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
      })
      response.end(JSON.stringify(readiness))
    },
    coverage: () => coverage.report(),
    flush: async () => {
      await Promise.all([recorder.flush(), operational.flush()])
    },
    sealAndSwitch: seal,
    close: () => lifetime.close(),
  }
  giveRuntime(audit, runtime)
  rememberData(runtime)
  rehearsal?.opened(audit)
  return audit
}

/** Runs `work`; if it throws, `undo` first. */
function undoing<T>(undo: () => void, work: () => T): T {
  try {
    return work()
  } catch (error) {
    undo()
    throw error
  }
}
