import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { assetCollectionSchema } from '@fanari/contracts'
import { Aedes } from 'aedes'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const main = new URL('./main.ts', import.meta.url).pathname
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanari-sim-'))
})
afterAll(() => rm(folder, { recursive: true }))

const start = (...args: string[]) => {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe' })
  const [out, err]: [string[], string[]] = [[], []]
  createInterface({ input: child.stdout }).on('line', (line) => out.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => err.push(line))
  return { child, out, err, exit: once(child, 'close').then(([code]) => code as number | null) }
}
const run = async (...args: string[]) => {
  const { out, err, exit } = start(...args)
  return { code: await exit, out: out.join('\n'), err: err.join('\n') }
}
const events = (out: string[]) => out.map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the command line', () => {
  test('--help names every option', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    const options =
      'broker credentials register town settlements lights seed epoch wall-epoch speed report-interval scenario stdin truth assets output until week'
    for (const option of options.split(' ')) expect(out).toContain(`--${option}`)
  })

  test.each([
    [['--lights', 'many'], /--lights must be a whole number/],
    [['--speed', '0'], /--speed must be a number from 1 to 100000/],
    [['--speed', 'NaN'], /--speed must be a number/],
    [['--epoch', '2026-11-16T15:00:00'], /--epoch must be ISO 8601 with zone/],
    [['--register', 'ftp://x', '--credentials', 'f'], /--register must be an http/],
    [['--register', 'http://x'], /--register needs --credentials/],
    [['--until', 'tomorrow'], /--until must be like/],
    [['--broker', 'http://localhost'], /--broker must be an mqtt/],
    [['--town', 'athens'], /--town must be orestiada/],
    [['--week', '3'], /--week needs --output, --truth or --assets/],
    [['--week', 'next', '--truth', 'x'], /--week must be a whole number/],
    [['--nonsense'], /--nonsense/],
    [['stray'], /stray/],
  ])('%j is wrong usage: status 2 and what is wrong', async (args, problem) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toMatch(problem)
  })

  test.each([
    ['--settlements', 'a,b\n1,2', /settlements.*line 1: the columns must be/],
    ['--scenario', '{"fault":"lamp","target":"nobody"}', /scenario.*lamp: nobody is no luminaire/],
    ['--scenario', 'dusk', /scenario.*line 1/],
    ['--credentials', '{"device":"a","password":"hush"}', /credentials.*line 1 must hold the strings/],
  ])('a bad %s file fails with status 1, its name and the place', async (option, text, problem) => {
    const file = join(folder, option.slice(2))
    await writeFile(file, text)
    const { code, out } = await run(option, file, '--lights', '30')
    expect(code).toBe(1)
    expect(out).toMatch(problem)
    expect(out).not.toContain('hush')
  })

  test('a file that is not there fails with its name', async () => {
    const { code, out } = await run('--scenario', join(folder, 'absent.jsonl'))
    expect(code).toBe(1)
    expect(out).toMatch(/absent\.jsonl: ENOENT/)
  })

  test('--assets writes the town and exits', async () => {
    const file = join(folder, 'town.geojson')
    expect((await run('--assets', file, '--lights', '300')).code).toBe(0)
    const { features } = assetCollectionSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    expect(features.length).toBeGreaterThan(300)
  })

  test('--output writes traffic and --truth what really happened, the same every time', async () => {
    const record = async (name: string) => {
      const [output, truth] = [join(folder, `${name}.ndjson`), join(folder, `${name}.truth`)]
      const { code } = await run('--output', output, '--truth', truth, '--lights', '60', '--until', '3h')
      expect(code).toBe(0)
      return { output: await readFile(output, 'utf8'), truth: await readFile(truth, 'utf8') }
    }
    const [first, second] = [await record('first'), await record('second')]
    expect(second).toEqual(first)
    const last = JSON.parse(first.output.trimEnd().split('\n').at(-1) ?? '')
    expect(last).toEqual({ receivedAt: Date.parse('2026-11-16T18:10:00Z'), tick: true })
    expect(first.truth).toContain('"fault":"circuitTrip"')
  })

  test('--week writes traffic, truth and town of a whole week', async () => {
    const [output, truth, assets] = ['week.ndjson', 'week.truth', 'week.geojson'].map((name) => join(folder, name))
    const files = ['--output', output ?? '', '--truth', truth ?? '', '--assets', assets ?? '']
    const { code, out } = await run('--week', '3', '--lights', '40', ...files)
    expect(code).toBe(0)
    const [drawn] = events(out.split('\n'))
    expect(drawn).toMatchObject({ event: 'week.drawn', seed: 3, season: 'autumn' })
    const lines = (await readFile(output ?? '', 'utf8')).trimEnd().split('\n')
    expect(lines.filter((line) => line.includes('"platform":"stop"')).length).toBeGreaterThan(0)
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ receivedAt: Date.parse(String(drawn?.until)), tick: true })
    expect(await readFile(truth ?? '', 'utf8')).toContain('"event":"solar.night"')
    const { features } = assetCollectionSchema.parse(JSON.parse(await readFile(assets ?? '', 'utf8')))
    expect(features.length).toBeGreaterThan(40)
  })

  test('a week that cannot be written fails with status 1 and the file', async () => {
    const { code, out } = await run('--week', '3', '--lights', '40', '--truth', join(folder, 'absent', 'week.truth'))
    expect(code).toBe(1)
    expect(out).toMatch(/ENOENT.*week\.truth/)
  })

  test('against a broker: takes faults from standard input, and ends cleanly on SIGTERM', async () => {
    const broker = await Aedes.createBroker()
    const server = createServer(broker.handle)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const truth = join(folder, 'live.truth')
    const { child, out, exit } = start(
      ...['--broker', `mqtt://127.0.0.1:${port}`, '--lights', '30', '--scenario', 'none', '--stdin', '--truth', truth],
    )
    try {
      await vi.waitFor(() => expect(broker.connectedClients).toBeGreaterThan(3), { timeout: 20_000 })
      child.stdin.write(
        '{"fault":"circuitTrip","target":"nowhere"}\nwhat?\n{"fault":"lamp","target":"orestias-0001"}\n',
      )
      const told = () => events(out).filter(({ event }) => String(event).startsWith('fault.'))
      await vi.waitFor(() => expect(told()).toHaveLength(3), { timeout: 20_000 })
      expect(told().map(({ event }) => event)).toEqual(['fault.refused', 'fault.refused', 'fault.planned'])
      child.kill('SIGTERM')
      expect(await exit).toBe(0)
      expect(events(out).at(-1)).toMatchObject({ event: 'sim.ended' })
      expect(await readFile(truth, 'utf8')).toContain(
        '"event":"fault.started","id":"lamp-1","fault":"lamp","target":"orestias-0001"',
      )
    } finally {
      child.kill('SIGKILL')
      await new Promise<void>((resolve) => broker.close(resolve))
      server.close()
    }
  })

  test.each([
    ['is told to', (child: ChildProcess) => child.kill('SIGTERM')],
    ['loses the one that started it', (child: ChildProcess) => child.disconnect()],
  ])('started with a channel, it ends when it %s', async (_, end) => {
    const child = spawn(process.execPath, [main, '--broker', 'mqtt://127.0.0.1:1', '--lights', '30'], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const exit = once(child, 'exit')
    try {
      if (child.stdout === null) throw new Error('no standard output')
      for await (const line of createInterface({ input: child.stdout })) if (line.includes('sim.started')) break
      end(child)
      expect(await exit).toEqual([0, null])
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('--until ends a run against a broker by itself, even one that is not there', async () => {
    const { code, out } = await run(
      '--broker',
      'mqtt://127.0.0.1:1',
      '--lights',
      '30',
      '--speed',
      '600',
      '--until',
      '30m',
    )
    expect(code).toBe(0)
    expect(out).toContain('"event":"mqtt.failed"')
    expect(out).toContain('"event":"sim.ended"')
  })
})
