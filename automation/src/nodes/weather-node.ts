import { type LuminaireStatus, luminaireStatusSchema } from '@fanari/contracts'
import type nodeRed from 'node-red'
import { z } from 'zod'
import { calm, lookAgainMs, raiseLights, resumeLights, type WeatherState, weatherAsked } from '../office/weather.ts'
import { createAlarm, keptIn } from './kept.ts'
import type { Link } from './link.ts'
import { linkOf, reasonOf } from './platform-nodes.ts'

interface WeatherDef extends nodeRed.NodeDef {
  platform: string
  /** How long heavy weather lasts unless the input says otherwise. */
  hours: string
}

const pageSchema = z.object({ items: z.array(luminaireStatusSchema), next: z.string().nullable() })

/** Registers `fanari-weather`: a switch in; commands for lights on the first output, `msg.storm` for `fanari-duty` on the second. */
export const registerWeather = (RED: nodeRed.NodeAPI): void => {
  RED.nodes.registerType('fanari-weather', function (this: nodeRed.Node, def: WeatherDef) {
    RED.nodes.createNode(this, def)
    const link = linkOf(RED, this, def.platform)
    if (link === null) return
    const kept = keptIn<WeatherState>(this, 'weather1', calm)

    const tell = ({ state, commands }: ReturnType<typeof resumeLights>): void => {
      kept.set(state)
      for (const { device, command } of commands)
        this.send([{ device, payload: command } as nodeRed.NodeMessage, null] as nodeRed.NodeMessage[])
    }
    const look = async (): Promise<void> => {
      const { until, raised } = kept.get()
      if (until === null) return
      if (until <= Date.now()) return end()
      const lookAgain = (speed: number): void => alarm.at(Math.min(Date.now() + lookAgainMs / speed, until))
      // Should the platform not be readable now, the next look is due all the same.
      lookAgain(1)
      this.status({ fill: 'yellow', shape: 'dot', text: `${raised.length} → 100 %` })
      const lights = await allLights(link)
      const clock = await link.clock()
      lookAgain(clock.speed)
      tell(raiseLights({ until, raised }, lights, Date.now(), clock))
      this.status({ fill: 'yellow', shape: 'dot', text: `${kept.get().raised.length} → 100 %` })
    }
    const end = (): void => {
      alarm.stop()
      tell(resumeLights(kept.get()))
      this.send([null, { storm: null } as nodeRed.NodeMessage] as nodeRed.NodeMessage[])
      this.status({})
    }
    let turn: Promise<void> = Promise.resolve()
    const next = (): void => {
      turn = turn.then(look).catch((error) => this.error(reasonOf(error)))
    }
    const alarm = createAlarm(next)

    this.on('input', (msg, _send, done) => {
      const asked = weatherAsked(msg.payload, Number(def.hours))
      if (asked === null) return done(new Error('msg.payload: true, false, "on", "off" or hours'))
      turn = turn.then(() => {
        const until = Date.now() + asked.hours * 3_600_000
        if (asked.hours === 0) return end()
        kept.set({ ...kept.get(), until })
        this.send([null, { storm: until } as nodeRed.NodeMessage] as nodeRed.NodeMessage[])
      })
      next()
      done()
    })
    this.on('close', alarm.stop)
    next()
  })
}

const allLights = async (link: Link): Promise<LuminaireStatus[]> => {
  const lights: LuminaireStatus[] = []
  let cursor: string | null = null
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = pageSchema.parse(await link.town('GET', `/luminaires?limit=500${after}`))
    lights.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return lights
}
