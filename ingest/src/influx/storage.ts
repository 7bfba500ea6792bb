import { dayMs, type RetentionPolicy, retentionPolicies, secondMs } from '@fanari/contracts'
import { type InfluxConnection, InfluxError, type InfluxMajor, type InfluxServer } from './server.ts'

const policies = Object.entries(retentionPolicies) as [
  RetentionPolicy,
  { keptDays: number | null; shardDays: number },
][]

/**
 * Makes what is missing of the storage; what is there stays as the operator has it. Each major has its own way: statements of 1.x are
 * not implemented in 2.x, and 3 sets a retention only when a database is made.
 */
export const createStorage = async (
  server: InfluxServer,
  connection: Pick<InfluxConnection, 'database' | 'org'>,
): Promise<{ major: InfluxMajor; version: string; created: string[] }> => {
  const found = await server.version()
  switch (found.major) {
    case 1:
      return { ...found, created: await createPolicies(server, connection.database) }
    case 2:
      return { ...found, created: await createBuckets(server, connection) }
    case 3:
      return { ...found, created: await createDatabases(server, connection.database) }
  }
}

/** 1.x: a database and its retention policies. Needs an administrator only where something is missing. */
const createPolicies = async (server: InfluxServer, database: string): Promise<string[]> => {
  const known = await policiesOf(server, database)
  const created: string[] = []
  if (known === null) await server.command(`CREATE DATABASE "${database}" WITH ${durationsOf('raw')} NAME "raw"`)
  for (const [policy] of policies) {
    if (known?.has(policy)) continue
    if (known !== null || policy !== 'raw')
      await server.command(`CREATE RETENTION POLICY "${policy}" ON "${database}" ${durationsOf(policy)}`)
    created.push(`${database}/${policy}`)
  }
  return created
}

const durationsOf = (policy: RetentionPolicy): string => {
  const { keptDays, shardDays } = retentionPolicies[policy]
  return `DURATION ${keptDays === null ? 'INF' : `${keptDays}d`} REPLICATION 1 SHARD DURATION ${shardDays}d`
}

const policiesOf = async (server: InfluxServer, database: string): Promise<Set<string> | null> => {
  try {
    const [series] = await server.command(`SHOW RETENTION POLICIES ON "${database}"`)
    return new Set(series?.values.map(([name]) => String(name)))
  } catch (error) {
    if (error instanceof InfluxError && error.message.includes('database not found')) return null
    throw error
  }
}

/** 2.x: a bucket `database/policy` is found by `db` and `rp` without a mapping of its own. */
const createBuckets = async (
  server: InfluxServer,
  { database, org }: Pick<InfluxConnection, 'database' | 'org'>,
): Promise<string[]> => {
  const found = await server.call(
    'GET',
    `/api/v2/orgs${org === undefined ? '' : `?org=${encodeURIComponent(org)}`}`,
    undefined,
  )
  const { orgs = [] } = found.json as { orgs?: { id: string }[] }
  const [first, ...others] = orgs
  if (first === undefined || others.length > 0)
    throw new InfluxError(404, `FANARI_INFLUX_ORG must name one organisation; the token sees ${orgs.length}`)
  const created: string[] = []
  for (const [policy, { keptDays, shardDays }] of policies) {
    const name = `${database}/${policy}`
    const known = await server.call(
      'GET',
      `/api/v2/buckets?orgID=${first.id}&name=${encodeURIComponent(name)}`,
      undefined,
      [404],
    )
    if (((known.json as { buckets?: unknown[] } | null)?.buckets ?? []).length > 0) continue
    const retentionRules =
      keptDays === null
        ? []
        : [
            {
              type: 'expire',
              everySeconds: (keptDays * dayMs) / secondMs,
              shardGroupDurationSeconds: (shardDays * dayMs) / secondMs,
            },
          ]
    // 422: somebody has made it since.
    const { status } = await server.call('POST', '/api/v2/buckets', { orgID: first.id, name, retentionRules }, [422])
    if (status !== 422) created.push(name)
  }
  return created
}

/** 3: a database `database/policy`, which is also what `db` and `rp` of the older interface mean. */
const createDatabases = async (server: InfluxServer, database: string): Promise<string[]> => {
  const created: string[] = []
  for (const [policy, { keptDays }] of policies) {
    const db = `${database}/${policy}`
    const body = { db, ...(keptDays === null ? {} : { retention_period: `${keptDays}d` }) }
    // 409: it is there.
    const { status } = await server.call('POST', '/api/v3/configure/database', body, [409])
    if (status !== 409) created.push(db)
  }
  return created
}
