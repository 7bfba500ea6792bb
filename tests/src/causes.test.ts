import type { AssetFeature } from '@fanari/contracts'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { gatewayAsset, lampAsset, lampAssets, reportIntervalS } from './assets.ts'
import { eventually } from './eventually.ts'
import { type Lamp, litPowerW } from './lamp.ts'
import { listen } from './listener.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'
import { causes, inWords, letPass, type Scene, setTheScene } from './scene.ts'

/* One platform for all stories; each has a municipality of its own, and they run at the same time. */
let platform: PlatformProcess
beforeAll(async () => {
  platform = await createPlatformProcess()
  await platform.start()
})
afterAll(() => platform?.dispose())

const scene = (
  { onTestFinished }: TestContext,
  municipality: string,
  lights: AssetFeature[],
  others: AssetFeature[] = [],
): Promise<Scene> => setTheScene({ platform, municipality, lights, others, onTestFinished })

const setPower = (lamps: readonly Lamp[], powerW: number): void => {
  for (const lamp of lamps) lamp.powerW = powerW
}

/** The contract: an incident is published within a second of its evidence, its ticket within another [ms]. */
const publishedWithinMs = { incident: 1_000, ticket: 2_000 }

const expectInTime = ({ listener }: Scene): void => {
  for (const { document, at } of listener.incidents()) {
    if (document.revision === 1) expect(at - Date.parse(document.detectedAt)).toBeLessThan(publishedWithinMs.incident)
  }
  for (const { document, at } of listener.tickets()) {
    if (document.revision === 1) expect(at - Date.parse(document.createdAt)).toBeLessThan(publishedWithinMs.ticket)
  }
}

describe.concurrent('a circuit of forty lights', () => {
  const lights = [
    ...lampAssets('a', 40, { circuit: 'c1', cabinet: 'k1' }),
    ...lampAssets('b', 10, { circuit: 'c2', cabinet: 'k1' }),
  ]
  const comeBack = (lamps: Lamp[]): void => {
    for (const lamp of lamps) lamp.comeBack({ restarted: true })
  }

  interface Way {
    told: string
    municipality: string
    fail: (lamps: Lamp[]) => void | Promise<void>
    mend: (lamps: Lamp[]) => void
  }
  const ways: Way[] = [
    {
      told: 'its lights report 0 W',
      municipality: 'zero-watts',
      fail: (lamps) => setPower(lamps, 0),
      mend: (lamps) => setPower(lamps, litPowerW),
    },
    {
      told: 'a third of its lights gasp, then all connections break',
      municipality: 'last-gasps',
      fail: async (lamps) => {
        await Promise.all(lamps.filter((_, i) => i % 3 === 0).map((lamp) => lamp.gasp()))
        await Promise.all(lamps.map((lamp) => lamp.vanish()))
      },
      mend: comeBack,
    },
    {
      told: 'all fall silent while another circuit lives',
      municipality: 'silence',
      fail: (lamps) => {
        for (const lamp of lamps) lamp.fallSilent()
      },
      mend: comeBack,
    },
  ]

  test.for(ways)(
    'fails when $told: one incident, one ticket; repaired, and failing again',
    { timeout: 120_000 },
    async ({ municipality, fail, mend }, context) => {
      const set = await scene(context, municipality, lights)
      const { town, fleet, listener } = set
      const circuit = fleet.some('a-')

      await fail(circuit)
      const outage = await eventually(async () => {
        const open = await causes(town, 'open')
        expect(open.map(inWords)).toEqual(['circuitOutage circuit:c1'])
        expect(open[0]?.members).toHaveLength(40)
        return open[0]
      })
      const ticket = await eventually(async () => {
        const [opened, ...others] = await town.tickets()
        expect(others).toEqual([])
        expect(opened).toMatchObject({
          status: 'open',
          category: 'street-dark',
          source: 'telemetry',
          service: 'networkOperator',
          incident: outage?.id,
          createdAt: outage?.detectedAt,
        })
        expect(opened?.members).toHaveLength(40)
        return opened
      })
      expect(outage?.ticket).toBe(ticket?.id)
      expect(await town.light('a-17')).toMatchObject({ state: 'dark', incident: outage?.id })
      expect(await town.light('b-03')).toMatchObject({ state: 'lit' })
      expect(await town.communities()).toMatchObject([
        { lit: 10, dark: 40, unknown: 0, total: 50, darkCommunity: true },
      ])

      // Nothing more follows from it.
      await letPass(fleet.some('b-'), 8 * reportIntervalS)
      expect((await causes(town)).map(inWords)).toEqual(['circuitOutage circuit:c1'])
      expect(await town.tickets()).toHaveLength(1)
      expectInTime(set)

      // Who subscribes now is given exactly what HTTP says is open.
      const latecomer = await listen(platform.mqttUrl, municipality)
      await eventually(async () => {
        const retained = latecomer.heard.filter(({ retained }) => retained).map(({ payload }) => JSON.parse(payload))
        expect(latecomer.heard.every(({ retained }) => retained)).toBe(true)
        expect(retained).toHaveLength(4)
        for (const document of [...(await town.incidents('open')), ...(await town.tickets())])
          expect(retained).toContainEqual(document)
      })
      await latecomer.close()

      mend(circuit)
      await eventually(async () => {
        expect(await causes(town)).toMatchObject([{ state: 'resolved', resolution: 'supplyRestored' }])
        expect(await town.tickets()).toMatchObject([{ id: ticket?.id, status: 'closed' }])
        expect(await town.communities()).toMatchObject([{ lit: 50, dark: 0, unknown: 0, darkCommunity: false }])
      })
      // Empty: the retained document is taken away.
      await eventually(() => {
        const cleared = listener.heard.filter(({ payload }) => payload === '').map(({ topic }) => topic)
        expect(cleared).toContain(`city/v1/${municipality}/incidents/${outage?.id}`)
        expect(cleared).toContain(`city/v1/${municipality}/tickets/${ticket?.id}`)
      })

      setPower(circuit, 0)
      await eventually(async () => {
        const again = await town.tickets()
        expect(again).toMatchObject([{ id: ticket?.id, status: 'open' }])
        expect(again[0]?.history.filter(({ event }) => event === 'reopened')).toHaveLength(1)
        const [, second] = await causes(town)
        expect(second).toMatchObject({ state: 'open', ticket: ticket?.id })
        expect(second?.id).not.toBe(outage?.id)
      })
      expectInTime(set)
    },
  )
})

describe.concurrent('a single light', () => {
  const street = lampAssets('a', 8, { circuit: 'c1', cabinet: 'k1' })

  test('that draws no power is a lamp failure with a ticket, and telemetry proves the repair', async (context) => {
    const set = await scene(context, 'lamp', street)
    const { town, fleet } = set
    const lamp = fleet.one('a-05')
    lamp.powerW = 0.4
    await eventually(async () => {
      expect((await causes(town, 'open')).map(inWords)).toEqual(['lampFailure luminaire:a-05'])
      expect(await town.tickets()).toMatchObject([{ category: 'street-light-out', status: 'open', members: ['a-05'] }])
    })
    expect(await town.light('a-05')).toMatchObject({ state: 'dark', reason: 'noPowerWhenExpectedOn' })

    // A technician's word is a claim; the light proves it.
    const [ticket] = await town.tickets()
    const claimed = await platform.api.call('POST', `${town.path}/tickets/${ticket?.id}/events`, {
      body: { event: 'resolved', note: 'νέος λαμπτήρας' },
    })
    expect(claimed.json).toMatchObject({ status: 'resolved' })
    lamp.powerW = litPowerW
    await eventually(async () => {
      expect(await causes(town)).toMatchObject([{ state: 'resolved', resolution: 'litAgain' }])
      expect(await town.tickets()).toMatchObject([{ status: 'closed' }])
    })
    expectInTime(set)
  })

  test('that burns though its program is off is a day burner', async (context) => {
    const burner = lampAsset('burner', { program: 'off' })
    const set = await scene(context, 'burner', [...street, burner])
    const { town, fleet } = set
    await eventually(async () => {
      expect((await causes(town, 'open')).map(inWords)).toEqual(['lampUnexpectedOn luminaire:burner'])
      expect(await town.tickets()).toMatchObject([{ category: 'street-light-on-by-day', status: 'open' }])
      expect(await town.light('burner')).toMatchObject({ state: 'unexpectedlyOn' })
    })
    fleet.one('burner').powerW = 0.3
    await eventually(async () => {
      expect(await causes(town)).toMatchObject([{ state: 'resolved', resolution: 'offAgain' }])
      expect(await town.tickets()).toMatchObject([{ status: 'closed' }])
      expect(await town.light('burner')).toMatchObject({ state: 'off' })
    })
    expectInTime(set)
  })

  test.for([
    {
      what: 'whose counters went on was running all the time',
      municipality: 'still-running',
      restarted: false,
      resolution: 'stillRunning',
    },
    {
      what: 'whose counters begin anew had restarted',
      municipality: 'restarted',
      restarted: true,
      resolution: 'restarted',
    },
  ])(
    'that is not heard is a communication failure without a ticket; one $what',
    async ({ municipality, restarted, resolution }, context) => {
      const { town, fleet } = await scene(context, municipality, street)
      const lamp = fleet.one('a-03')
      lamp.fallSilent()
      await eventually(async () => {
        const open = await causes(town, 'open')
        expect(open.map(inWords)).toEqual(['communicationFailure luminaire:a-03'])
        expect(open[0]).toMatchObject({ reason: 'missedReports' })
        expect(await town.light('a-03')).toMatchObject({ state: 'unknown' })
      })
      lamp.comeBack({ restarted })
      await eventually(async () => {
        expect(await causes(town)).toMatchObject([{ state: 'resolved', resolution }])
        expect(await town.light('a-03')).toMatchObject({ state: 'lit' })
      })
      expect(await town.tickets()).toEqual([])
    },
  )

  test('whose connection breaks is a communication failure sooner', async (context) => {
    const { town, fleet } = await scene(context, 'broken-connection', street)
    await fleet.one('a-03').vanish()
    await eventually(async () => {
      expect(await causes(town, 'open')).toMatchObject([{ fault: 'communicationFailure', reason: 'connectionLost' }])
    })
    expect(await town.tickets()).toEqual([])
  })

  test('that is worked on opens nothing until the work ends', async (context) => {
    const { town, fleet } = await scene(context, 'maintenance', street)
    const address = `${town.path}/luminaires/a-02/maintenance`
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const put = await platform.api.call('PUT', address, { body: { until, note: 'αλλαγή φωτιστικού' } })
    expect(put.status).toBe(200)
    const lamp = fleet.one('a-02')
    lamp.powerW = 0
    await eventually(async () => expect(await town.light('a-02')).toMatchObject({ state: 'maintenance' }))
    await letPass([lamp], 4 * reportIntervalS)
    expect(await town.incidents()).toEqual([])
    expect((await platform.api.call('DELETE', address)).status).toBe(204)
    await eventually(async () => {
      expect((await causes(town, 'open')).map(inWords)).toEqual(['lampFailure luminaire:a-02'])
      expect(await town.tickets()).toHaveLength(1)
    })
  })
})

describe.concurrent('many lights', () => {
  test('of one gateway, whose wills come in a wave, are a gateway outage: no ticket, and unknown, not dark', async (context) => {
    const behind = (gateway: string, circuit: string) => ({ gateway, circuit, cabinet: 'k1' })
    const lights = [
      ...lampAssets('g1-c1', 6, behind('g1', 'c1')),
      ...lampAssets('g1-c2', 6, behind('g1', 'c2')),
      ...lampAssets('g2-c1', 4, behind('g2', 'c1')),
      ...lampAssets('g2-c2', 4, behind('g2', 'c2')),
    ]
    const { town, fleet } = await scene(context, 'gateway', lights, [gatewayAsset('g1'), gatewayAsset('g2')])
    const behindIt = fleet.some('g1-')
    await Promise.all(behindIt.map((lamp) => lamp.vanish()))
    await eventually(async () => {
      const open = await causes(town, 'open')
      expect(open.map(inWords)).toEqual(['gatewayOutage gateway:g1'])
      expect(open[0]?.members).toHaveLength(12)
    })
    expect(await town.light('g1-c1-04')).toMatchObject({ state: 'unknown', reason: 'gatewayUnreachable' })
    expect(await town.communities()).toMatchObject([{ dark: 0, unknown: 12, darkCommunity: false }])
    await letPass(fleet.some('g2-'), 8 * reportIntervalS)
    for (const lamp of behindIt) lamp.comeBack()
    await eventually(async () => {
      expect(await causes(town)).toMatchObject([{ state: 'resolved', resolution: 'membersReturned' }])
      expect(await town.communities()).toMatchObject([{ lit: 20, unknown: 0 }])
    })
    expect((await town.incidents()).map(inWords)).toEqual(['gatewayOutage gateway:g1'])
    expect(await town.tickets()).toEqual([])
  })

  test('dark for causes of their own make their community dark, which opens no further ticket', async (context) => {
    const { town, fleet, listener } = await scene(context, 'dark-village', lampAssets('a', 10))
    const third = fleet.lamps.slice(0, 3)
    setPower(third, 0)
    await eventually(async () => {
      expect((await town.incidents('open')).map(inWords).sort()).toEqual([
        'communityDark community:village',
        'lampFailure luminaire:a-01',
        'lampFailure luminaire:a-02',
        'lampFailure luminaire:a-03',
      ])
      expect(await town.communities()).toMatchObject([{ lit: 7, dark: 3, darkCommunity: true }])
    })
    expect((await town.tickets()).map(({ members }) => members).sort()).toEqual([['a-01'], ['a-02'], ['a-03']])
    await eventually(() => {
      const last = listener.heard.findLast(({ topic }) => topic === 'city/v1/dark-village/communities/village/light')
      expect(JSON.parse(last?.payload ?? '')).toMatchObject({ lit: 7, dark: 3, total: 10, darkCommunity: true })
    })
    setPower(third, litPowerW)
    await eventually(async () => {
      expect(await town.incidents('open')).toEqual([])
      expect(await town.communities()).toMatchObject([{ lit: 10, dark: 0, darkCommunity: false }])
    })
  })
})
