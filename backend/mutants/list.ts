/** A way to break the backend: a text in a file of src/, what it becomes, and the tests that have to notice. */
export interface Mutant {
  file: string
  text: string
  becomes: string
  tests: string[]
}

/** One that no test here can notice, and why. */
interface Equivalent {
  file: string
  text: string
  reason: string
}

const PROTOCOL = ['protocol.test', 'protocol/memory-stores.test']
const BREAKER = ['circuit-breaker', 'logs.test', 'guarded-counter.test']
const LIMITS = ['limits.test', 'outcome.test']

function mutants(
  file: string,
  tests: string[],
  changes: [text: string, becomes: string, tests?: string[]][],
): Mutant[] {
  return changes.map(([text, becomes, own]) => ({ file, text, becomes, tests: own ?? tests }))
}

export const MUTANTS: Mutant[] = [
  ...mutants('counter/counter.ts', PROTOCOL, [
    ['withKnownOutcome(stores.postgres.add(n))', 'stores.postgres.add(n)'],
    ['withKnownOutcome(stores.redis.increment(n))', 'stores.redis.increment(n)'],
    ['throw inDoubt || postgresError instanceof OutcomeUnknownError ? outcomeUnknown() :', 'throw'],
    ['? outcomeUnknown() : neitherAnswers()', '? outcomeUnknown() : outcomeUnknown()', ['outcome.test']],
    ['inDoubt || postgresError instanceof', 'postgresError instanceof', ['outcome.test']],
    ['inDoubt || postgresError instanceof OutcomeUnknownError', 'inDoubt'],
    ['if (inDoubt) onInDoubt()', ''],
    ['if (inDoubt) onInDoubt()', 'onInDoubt()', ['outcome.test']],
    ['if (old) await postgres.save(old.epoch, old.counted)', ''],
    ['postgres.save(old.epoch, old.counted)', 'postgres.save(old.epoch, old.saved)'],
    ['redis.beginEpoch(old, ', 'redis.beginEpoch(null, '],
    ['randomUUID(), await postgres.read()', "'epoch', await postgres.read()"],
    ['randomUUID(), await postgres.read()', 'randomUUID(), 0'],
    ['randomUUID(), await postgres.read()', 'randomUUID(), old?.elsewhere ?? 0'],
    ['const ATTEMPTS = 3', 'const ATTEMPTS = 1', ['guarded-counter.test']],
    [
      'count: total(await fromRedis(stores, stores.redis.read))',
      'count: await Promise.reject()',
      ['visits.test'],
    ],
  ]),
  ...mutants(
    'counter/flusher.ts',
    ['guarded-counter.test'],
    [
      [
        'redis.reconcile(epoch, await postgres.save(epoch, counted))',
        'postgres.save(epoch, counted)',
        PROTOCOL,
      ],
      ['postgres.save(epoch, counted)', 'postgres.save(epoch, counted + 1)', PROTOCOL],
      [' && Date.now() - Number(savedAt) < COMPARE_EVERY_MS', ''],
      ['FLUSH_EVERY_MS = 250', 'FLUSH_EVERY_MS = 1_000'],
      ['FLUSH_EVERY_MS = 250', 'FLUSH_EVERY_MS = 50'],
      ['COMPARE_EVERY_MS = 1_000', 'COMPARE_EVERY_MS = 5_000'],
      ['COMPARE_EVERY_MS = 1_000', 'COMPARE_EVERY_MS = 100'],
      [
        'await flush(stores, counter)\n    savedAt = new Date()',
        'savedAt = new Date()\n    await flush(stores, counter)',
        ['metrics.test'],
      ],
      ['.catch(() => {}) // the next', ' // the next', PROTOCOL],
      ['    }\n    await flushIfNeeded().catch(() => {})\n', '    }\n', ['counting.test', 'shutdown.test']],
      ['while (!stopping)', 'for (;;)', ['counting.test']],
    ],
  ),
  ...mutants(
    'counter/guarded-counter.ts',
    ['guarded-counter.test'],
    [
      ['postgres: stores.postgres }', 'postgres: unguarded.postgres }'],
      ['await increment(rejoining, 0)', '', ['outcome.test', 'redis-restart.test']],
      ['if (counter) await flush(rejoining, counter).catch(() => {})', ''],
      ['flush(rejoining, counter).catch(() => {})', 'flush(rejoining, counter)', ['postgres-refuses.test']],
      ['await unguarded.postgres.add(0)', '', ['postgres-refuses.test']],
      ['await unguarded.postgres.add(0)', 'await unguarded.postgres.read()', ['postgres-refuses.test']],
      ['await unguarded.postgres.add(0)', 'await unguarded.postgres.add(1)', PROTOCOL],
      ['redis: guard(unguarded.redis, breakers.redis)', 'redis: unguarded.redis'],
      ['postgres: guard(unguarded.postgres, breakers.postgres)', 'postgres: unguarded.postgres'],
      ['await flusher?.stop()', '', ['counting.test']],
    ],
  ),
  ...mutants(
    'connections.ts',
    ['guarded-counter.test', 'dropped-connections.test', 'start.test'],
    [
      ['REDIS_TIMEOUT_MS = 250', 'REDIS_TIMEOUT_MS = 450'],
      ['POSTGRES_TIMEOUT_MS = 1_000', 'POSTGRES_TIMEOUT_MS = 4_000'],
      ['START_LIMIT_MS = 1_000', 'START_LIMIT_MS = 5_000'],
      ['probe: connectRedis', 'probe: async () => {}', ['credentials.test', 'logs.test']],
      ['probe: migratePostgres', 'probe: async () => {}'],
      ['await postgres.start(START_LIMIT_MS)\n', ''],
      ['await redis.start(START_LIMIT_MS)\n', ''],
      ['advice: redisAdvice', 'advice: () => undefined', ['credentials.test']],
      ['advice: postgresAdvice', 'advice: () => undefined', ['credentials.test']],
      ["redis.on('error', breakers.redis.trip)", ''],
      ["postgres.on('error', breakers.postgres.trip)", ''],
      ['redis.connect().catch(() => {})', ''],
      ['breakers.redis.run(() => redis.ping())', 'redis.ping()', ['health.test', 'redis-outage.test']],
      [
        "breakers.postgres.run(() => query(postgres, 'select 1', []))",
        "query(postgres, 'select 1', [])",
        ['health.test', 'postgres-outage.test'],
      ],
    ],
  ),
  ...mutants(
    'counter/outcome.ts',
    ['outcome.test'],
    [
      ['[NotSentError, ', '['],
      ['ClientOfflineError, ErrorReply,', 'ErrorReply,'],
      ['ErrorReply, pg.DatabaseError]', 'pg.DatabaseError]'],
      [', pg.DatabaseError]', ']'],
      ['if (notCounted.some', 'if (!notCounted.some'],
      ['throw new OutcomeUnknownError((error as Error).message, { cause: error })', 'throw error', PROTOCOL],
    ],
  ),
  ...mutants(
    'counter/coalesce.ts',
    ['coalesce.test'],
    [
      ['- group.size + position', '- group.size + position - 1'],
      ['- group.size + position', ''],
      ['waiting = undefined', ''],
      ['call(group.size)', 'call(1)'],
      ['group.total.catch(() => {})', 'group.total'],
      ['inFlight.then(', 'Promise.resolve().then('],
      ['waiting ??= newGroup()', 'waiting = newGroup()'],
    ],
  ),
  ...mutants('counter/increment.lua', PROTOCOL, [
    ["run_id ~= redis.call('INFO', 'server'):match('run_id:(%w+)')", 'not run_id'],
    ['elsewhere + ', ''],
    ['ARGV[1])', '1)'],
    ["'counted', ARGV", "'saved', ARGV"],
  ]),
  ...mutants(
    'counter/redis-store.ts',
    [...PROTOCOL, 'visits.test'],
    [
      ['return elsewhere + counted', 'return counted', ['visits.test']],
      ['return counted - saved', 'return 0', ['guarded-counter.test']],
      ['if (!epoch) return null', ''],
      ['String(n)', "'1'"],
      ["old?.epoch ?? ''", "''"],
      ["old ? String(old.counted) : ''", "''"],
      ['String(saved), String(elsewhere)', 'String(elsewhere), String(saved)'],
    ],
  ),
  ...mutants('counter/begin-epoch.lua', PROTOCOL, [
    ["(epoch or '') ~= ARGV[1] or ", ''],
    [" or (counted or '') ~= ARGV[2]", ''],
    ["'run_id', run_id, ", ''],
    ["'counted', 0, ", ''],
    ["'saved', 0, ", ''],
    ["'elsewhere', ARGV[4]", "'elsewhere', 0"],
    ["'epoch', ARGV[3], ", ''],
  ]),
  ...mutants('counter/reconcile.lua', PROTOCOL, [
    ["if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then", 'if false then'],
    ['if tonumber(value) > tonumber(', 'if tonumber(value) ~= tonumber('],
    [
      "if tonumber(value) > tonumber(redis.call('HGET', KEYS[1], field)) then",
      "if value > redis.call('HGET', KEYS[1], field) then",
    ],
    ["{ 'saved', 'elsewhere' }", "{ 'saved' }"],
    ["{ 'saved', 'elsewhere' }", "{ 'elsewhere', 'saved' }"],
  ]),
  ...mutants('counter/postgres-store.ts', PROTOCOL, [
    ['greatest(visit_counts.count, excluded.count)', 'excluded.count'],
    ['greatest(visit_counts.count, excluded.count)', 'visit_counts.count + excluded.count'],
    ['greatest(visit_counts.count, excluded.count)', 'visit_counts.count'],
    ['set count = visit_counts.count + excluded.count', 'set count = excluded.count'],
    [" and source <> 'postgres'", ''],
    [' and source <> $2', ''],
    [
      "'select coalesce(sum(count), 0) as count from visit_counts where id = $1'",
      "'select coalesce(max(count), 0) as count from visit_counts where id = $1'",
    ],
    ["'select coalesce(sum(count), 0) as count", "'select sum(count) - 1 as count"],
  ]),
  ...mutants('lib/circuit-breaker.ts', BREAKER, [
    ['closed = failures === failuresBefore', 'closed = true'],
    ['probes.push(added)', ''],
    ['failures++', ''],
    ['PROBE_EVERY_MS = 250', 'PROBE_EVERY_MS = 1_000'],
    ['PROBE_EVERY_MS = 250', 'PROBE_EVERY_MS = 0'],
    ['if (!closed) throw new NotSentError', 'if (false) throw new NotSentError'],
    ['trip(error as Error)\n        throw', 'throw'],
    ['await within(timeoutMs, call)', 'await call()'],
    ['setTimeout(() => setImmediate(reject, timeout), GRACE_MS)', 'setTimeout(() => reject(timeout), 0)'],
    ['if (!closed) return\n', ''],
    ['closed = false\n    probeUntilClosed()', 'closed = false'],
    ['closed = false\n    probeUntilClosed()', 'probeUntilClosed()'],
    ['reported = misconfigured = false', ''],
    ['if (todo && !misconfigured)', 'if (todo)', ['credentials.test']],
    ['if (todo && !misconfigured)', 'if (todo && !reported)', ['credentials.test']],
    ['misconfigured = true', '', ['credentials.test']],
    ['} else if (!reported) {', '} else {'],
    ['return error.message || ', 'return error.message + ', ['postgres-refuses.test']],
    ['Promise.race([probeUntilClosed(), delay(limitMs)])', 'probeUntilClosed()'],
    ['let closed = false', 'let closed = true'],
  ]),
  ...mutants('lib/redis.ts', LIMITS, [
    ['connectTimeout: CONNECT_TIMEOUT_MS,', ''],
    ['socketTimeout: SOCKET_TIMEOUT_MS,', ''],
    ['Math.min(retries * 50, MAX_RECONNECT_WAIT_MS)', 'retries > 20 ? false : 50'],
    ['MAX_RECONNECT_WAIT_MS = 500', 'MAX_RECONNECT_WAIT_MS = 5_000'],
    ['disableOfflineQueue: true,', ''],
    ['WRONGPASS|', '', ['credentials.test']],
  ]),
  ...mutants('lib/postgres.ts', LIMITS, [
    ['connectionTimeoutMillis: CONNECT_TIMEOUT_MS,', ''],
    ['query_timeout: QUERY_TIMEOUT_MS,', ''],
    ['statement_timeout: STATEMENT_TIMEOUT_MS,', ''],
    ['throw new NotSentError(cause.message, { cause })', 'throw cause'],
    ['client.release(true)', 'client.release()'],
    ['client.release()\n', ''],
    ["pool.on('connect', (client) => client.on('error', () => {}))", '', ['limits.test']],
    ["code === '28P01' || ", '', ['credentials.test']],
    [" || message?.startsWith('SASL')", '', ['credentials.test']],
  ]),
  ...mutants(
    'lib/migrate.ts',
    [...LIMITS, 'migrations.test', 'credentials.test'],
    [
      ['connectionTimeoutMillis: CONNECT_TIMEOUT_MS,', ''],
      ['query_timeout: LIMIT_MS,', ''],
      ["client.on('error', () => {}) // the query in flight rejects, too", '', ['limits.test']],
      ['if (isWrong(error)) onFatal', 'onFatal'],
      ['if (isWrong(error)) onFatal', 'if (false) onFatal'],
      ['?? file\n', '?? dir\n'],
      ['/^(22|23|42)/.test(code)', '/^42/.test(code)'],
      ['await client.end()', ''],
    ],
  ),
  ...mutants(
    'lib/api.ts',
    ['http.test', 'problems.test'],
    [
      ["app.disable('x-powered-by')", ''],
      ["app.disable('etag')", ''],
      ["response.set('Cache-Control', 'no-store')", ''],
      ['app.use(notFound, sendProblem)', 'app.use(notFound)'],
      ['app.use(notFound, sendProblem)', 'app.use(sendProblem)'],
    ],
  ),
  ...mutants('services.ts', ['counting.test'], [['await counter.stop()', '']]),
  ...mutants(
    'lib/http-server.ts',
    ['shutdown.test'],
    [
      ['QUIET_MS = 250', 'QUIET_MS = 0'],
      ['requestAt = performance.now()\n    response', 'response'],
      ['Math.min(requestAt + QUIET_MS, end)', 'requestAt + QUIET_MS'],
      ["response.setHeader('Connection', 'close')", ''],
      ['TcpServer.prototype.close.call(server)', 'server.close()'],
      ['TcpServer.prototype.close.call(server)', ''],
      ['await Promise.race([closed, delay(limitMs / 2)])', 'await closed'],
      ['await Promise.race([closed, delay(limitMs / 2)])', ''],
      ['server.closeAllConnections()', ''],
      ['KEEP_ALIVE_MS = 5_000', 'KEEP_ALIVE_MS = 1_000', ['http.test']],
    ],
  ),
  ...mutants(
    'shutdown.ts',
    ['shutdown.test'],
    [
      ['await Promise.race([stop(), delay(STOP_LIMIT_MS)])', 'await stop()'],
      ['await Promise.race([stop(), delay(STOP_LIMIT_MS)])', 'stop()'],
      ['await drain(server, DRAIN_LIMIT_MS)', 'drain(server, DRAIN_LIMIT_MS)'],
      ['await drain(server, DRAIN_LIMIT_MS)', ''],
      ['DRAIN_LIMIT_MS = 4_000', 'DRAIN_LIMIT_MS = 40_000'],
      ['STOP_LIMIT_MS = 3_000', 'STOP_LIMIT_MS = 30_000'],
    ],
  ),
  ...mutants(
    'main.ts',
    ['process.test', 'shutdown.test'],
    [
      ['draining = true', ''],
      ['for (const signal of', 'for (const signal of [] as never[] ||'],
      ['await shutDown(server, services.stop)', ''],
      ['process.exit(0)', ''],
      ['(error) => fail(error.message)', '() => {}', ['migrations.test']],
    ],
  ),
  ...mutants('app.ts', ['visits.test', 'process.test'], [['refuseWhile(isDraining),', '']]),
  ...mutants(
    'routes/health.ts',
    ['health.test', 'credentials.test'],
    [
      ["if (isDraining()) throw unavailable('This backend is shutting down.')", ''],
      ["redis === 'down' && postgres === 'down'", "redis === 'down' || postgres === 'down'"],
      [
        "if (redis === 'down' && postgres === 'down') throw unavailable('Neither Redis nor Postgres answers.')",
        '',
      ],
      ['if (misconfigured && !hasBeenReady)', 'if (false)'],
      ['misconfigured && !hasBeenReady', 'misconfigured'],
      ["redis === postgres ? 'ok'", "true ? 'ok'"],
      ['await connections.ping()', '', ['health.test']],
    ],
  ),
  ...mutants(
    'lib/share.ts',
    ['status.test'],
    [
      ['if (!shared) {', 'if (true) {'],
      ['setTimeout(() => (shared = undefined), ms).unref()', ''],
    ],
  ),
  ...mutants(
    'replicas.ts',
    ['replicas.test'],
    [
      ['response.ok && isReplica(replica)', 'isReplica(replica)'],
      ['response.ok && isReplica(replica)', 'response.ok'],
      ["typeof host === 'string' && ", ''],
      ['states && ', ''],
      ['[counted?.redis, counted?.postgres].every(Number.isInteger)', 'true'],
      ['signal: AbortSignal.timeout(ANSWER_LIMIT_MS)', ''],
    ],
  ),
]

export const EQUIVALENT: Equivalent[] = [
  {
    file: 'lib/migrate.ts',
    text: "advisoryLockMode: 'wait'",
    reason:
      'the embedded Postgres has one session, so its lock never waits; e2e/ starts two backends on a real one',
  },
  {
    file: 'lib/http-server.ts',
    text: 'backlog: BACKLOG',
    reason:
      'the kernel caps it at its own limit; only a burst of more than 511 connections at once would show it',
  },
  {
    file: 'lib/circuit-breaker.ts',
    text: 'if (stopped) return',
    reason: 'the process ends right after; it keeps the tests from probing on',
  },
  {
    file: 'lib/redis.ts',
    text: "maintNotifications: 'disabled'",
    reason: 'open source Redis refuses what the client would ask for, and the client goes on',
  },
  {
    file: 'lib/postgres.ts',
    text: 'max: 5',
    reason:
      'visits share calls, so one connection would count as fast; more let reads go past a slow statement',
  },
]
