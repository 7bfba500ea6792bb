import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const project = fileURLToPath(new URL('../..', import.meta.url))
const run = (command: string, args: string[], environment: Record<string, string> = {}): string =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', env: { ...process.env, ...environment } })

/** Debian's docker-compose 1.29 resolves a file without an engine. */
const hasCompose = ['/usr/bin/docker-compose', '/usr/local/bin/docker-compose'].some(existsSync)

const serviceSchema = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.unknown()).optional(),
  secrets: z.array(z.object({ source: z.string() })).optional(),
  ports: z.array(z.string()).optional(),
  networks: z.record(z.string(), z.unknown()),
  mem_limit: z.unknown(),
  logging: z.object({ options: z.object({ 'max-size': z.string(), 'max-file': z.string() }) }),
  restart: z.string(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()),
  healthcheck: z.record(z.string(), z.unknown()).optional(),
})
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
})

test('dclint finds nothing in docker-compose.yml', () => {
  const dclint = fileURLToPath(import.meta.resolve('dclint'))
  const program = `${dclint.slice(0, dclint.lastIndexOf('/dclint/'))}/.bin/dclint`
  expect(() => run(program, ['--config', '.dclintrc.json', 'docker-compose.yml'])).not.toThrow()
})

describe.skipIf(!hasCompose)('docker-compose config', () => {
  const resolved = () =>
    composeSchema.parse(parse(run('docker-compose', ['--profile', 'town', '--profile', 'automation', 'config'])))
  const services = () => Object.entries(resolved().services)

  test('resolves the file, and the one the container test lays over it', () => {
    expect(services().map(([name]) => name)).toEqual(
      expect.arrayContaining(['broker', 'ingest', 'api', 'influxdb', 'grafana']),
    )
    run('docker-compose', ['-f', 'docker-compose.yml', '-f', 'docker/test/docker-compose.yml', 'config', '-q'])
  })

  test('every image has an exact version, every service limits, rotated logs and no privileges', () => {
    for (const [name, service] of services()) {
      expect(service.image, name).toMatch(/:\d+\.\d+\.\d+$/)
      expect(service.mem_limit, name).toBeDefined()
      expect(service.restart, name).toBe('unless-stopped')
      expect(service.cap_drop, name).toEqual(['ALL'])
    }
  })

  test('what is ours cannot write outside its volumes', () => {
    for (const [name, { image, read_only }] of services())
      if (image.startsWith('fanari/')) expect(read_only, name).toBe(true)
  })

  test('only MQTT over TLS is published beyond this host, and nothing but what has a door to it', () => {
    const published = services().flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))
    expect(published.filter((port) => !port.includes(' 127.0.0.1:'))).toEqual(['broker 0.0.0.0:8883:8883/tcp'])
    const { networks, services: all } = resolved()
    expect(networks.inside).toMatchObject({ internal: true })
    for (const name of ['influxdb', 'ingest']) expect(Object.keys(all[name]?.networks ?? {})).toEqual(['inside'])
  })

  test('passwords and tokens come from files, and none stands in the file or in an environment', () => {
    for (const [name, { environment = {} }] of services())
      for (const [variable, value] of Object.entries(environment))
        if (/PASSWORD|TOKEN|SECRET/.test(variable)) expect(`${name} ${variable}=${value}`).toMatch(/=\/run\/secrets\//)
  })

  test('every secret that is asked for is one docker/make-secrets.sh makes, but for the token the api makes', () => {
    const script = run('cat', ['docker/make-secrets.sh'])
    for (const [name, { file }] of Object.entries(resolved().secrets))
      if (name !== 'automation-token') expect(script).toContain(file.slice(file.lastIndexOf('/') + 1))
  })
})
