import { afterEach, describe, expect, it } from 'vitest'
import { createInfluxd, type Influxd, influxdPath } from './influxd.ts'

describe.skipIf(influxdPath === undefined)('a real influxd', () => {
  let server: Influxd | null = null
  afterEach(async () => {
    await server?.dispose()
    server = null
  })

  it('keeps what it acknowledged through kill -9', async () => {
    server = await createInfluxd()
    await server.start()
    await server.query('CREATE DATABASE town')
    const written = await fetch(`${server.url}/write?db=town&precision=ms`, { method: 'POST', body: 'm,t=a v=1 1000' })
    expect(written.status).toBe(204)
    await server.kill()
    await server.start()
    expect(await server.query('SELECT v FROM m', 'town')).toEqual([
      { name: 'm', columns: ['time', 'v'], values: [[1_000, 1]] },
    ])
  })

  it('lets only its administrator in when it has one', async () => {
    server = await createInfluxd({ admin: { username: 'root', password: 'a secret' } })
    await server.start()
    expect(await server.query('SHOW DATABASES')).toHaveLength(1)
    const response = await fetch(`${server.url}/query?q=SHOW+DATABASES`)
    expect(response.status).toBe(401)
    await server.kill()
    await server.start()
    expect(await server.query('SHOW USERS')).toHaveLength(1)
  })
})
