import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type {
  AssetFeature,
  CommunityStatus,
  Incident,
  IncidentExplanation,
  LightExplanation,
  LightSummary,
  LuminaireStatus,
  ReceivedReading,
  RollCall,
  Ticket,
} from '@fanari/contracts'
import type { StreamEvents } from '../api/types.ts'

/** What the scripted platform answers with. A test changes it, and sends the event that says so. */
export interface ScriptedTown {
  timeMs: () => number
  speed: number
  features: AssetFeature[]
  lights: LightSummary[]
  communities: CommunityStatus[]
  incidents: Incident[]
  tickets: Ticket[]
  rollCalls: RollCall[]
  explainLight: (id: string) => LightExplanation | null
  explainIncident: (incident: Incident) => IncidentExplanation
  status: (id: string) => LuminaireStatus | null
  readings: (id: string, fromMs: number, toMs: number) => ReceivedReading[]
}

export interface ScriptedPlatform {
  start(): Promise<string>
  /** Ends the streams and stops listening: the platform is gone. */
  stop(): Promise<void>
  send<Name extends keyof StreamEvents>(event: Name, data: StreamEvents[Name]): void
  /** Bodies of the ticket events that were posted with the right token. */
  posted: { ticket: string; body: unknown }[]
}

const municipality = { id: 'orestiada', name: 'Δήμος Ορεστιάδας', timeZone: 'Europe/Athens' }
export const operatorToken = 'operator-token'

/** As strict as the platform's own policy may be: the page must work under it. */
const contentSecurityPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'"

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** The built pages and the part of the HTTP API that they use, with a test in the platform's place. */
export const createScriptedPlatform = (options: {
  pages: string
  town: ScriptedTown
  port?: number
}): ScriptedPlatform => {
  const { pages, town } = options
  const streams = new Set<ServerResponse>()
  const posted: ScriptedPlatform['posted'] = []
  let server: ReturnType<typeof createServer> | null = null
  let clock: ReturnType<typeof setInterval> | undefined

  const timeNow = () => new Date(town.timeMs()).toISOString()

  const send: ScriptedPlatform['send'] = (event, data) => {
    for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  const answer = (response: ServerResponse, body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
    response.end(JSON.stringify(body))
  }
  const refuse = (response: ServerResponse, status: number, title: string) =>
    answer(response, { type: 'about:blank', title, status, retry: false }, status)

  const openStream = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  const reading = (path: string[], query: URLSearchParams, response: ServerResponse): void => {
    const [resource, id, detail] = path
    switch (resource) {
      case 'stream':
        return openStream(response)
      case 'assets': {
        const features = town.features.filter(({ properties }) => properties.kind === query.get('kind'))
        return answer(response, { type: 'FeatureCollection', features })
      }
      case 'lights':
        return answer(response, { at: timeNow(), lights: town.lights })
      case 'communities':
        return answer(response, { items: town.communities, next: null })
      case 'roll-calls':
        return answer(response, { items: town.rollCalls })
      case 'incidents': {
        const known = town.incidents.find((incident) => incident.id === id)
        if (known !== undefined && detail === 'explanation') return answer(response, town.explainIncident(known))
        return answer(response, { items: town.incidents.filter(({ state }) => state === 'open'), next: null })
      }
      case 'tickets': {
        const wanted = query.getAll('status')
        return answer(response, { items: town.tickets.filter(({ status }) => wanted.includes(status)), next: null })
      }
      case 'luminaires': {
        const status = town.status(id ?? '')
        if (status === null) return refuse(response, 404, 'There is nothing at this address')
        if (detail === 'explanation') {
          const explanation = town.explainLight(status.id)
          return explanation === null ? refuse(response, 404, 'Not known yet') : answer(response, explanation)
        }
        if (detail !== 'readings') return answer(response, status)
        const bound = (name: string) => Date.parse(query.get(name) ?? '')
        return answer(response, { items: town.readings(status.id, bound('from'), bound('to')), next: null })
      }
      default:
        return refuse(response, 404, 'There is nothing at this address')
    }
  }

  const writing = async (path: string[], request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}') as unknown
    if (request.headers.authorization !== `Bearer ${operatorToken}`)
      return refuse(response, 401, 'A valid token is needed')
    if (path.at(-1) === 'session') return answer(response, { name: 'Ελένη', role: 'operator' })
    posted.push({ ticket: path.at(-2) ?? '', body })
    answer(response, { accepted: true })
  }

  const page = (path: string, response: ServerResponse) => {
    const file = join(pages, path === '/' ? 'index.html' : path)
    if (!existsSync(file)) return refuse(response, 404, 'There is nothing at this address')
    response.writeHead(200, {
      'content-type': mediaTypes[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy,
    })
    createReadStream(file).pipe(response)
  }

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (!pathname.startsWith('/api/v1/')) return page(pathname, response)
    const path = pathname.slice('/api/v1/'.length).split('/')
    if (request.method === 'POST') return void writing(path, request, response)
    if (path[0] === 'platform') {
      const about = { name: 'Fanari', version: '0.1.0', town: null, municipalities: [municipality] }
      return answer(response, { ...about, time: timeNow(), speed: town.speed })
    }
    reading(path.slice(2), searchParams, response)
  }

  return {
    posted,
    send,
    start: async () => {
      const listening = createServer(handle)
      server = listening
      await new Promise<void>((resolve) => listening.listen(options.port ?? 0, '127.0.0.1', resolve))
      clock = setInterval(() => send('clock', { time: timeNow(), speed: town.speed }), 1_000)
      return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
    },
    stop: async () => {
      clearInterval(clock)
      const listening = server
      server = null
      if (listening === null) return
      listening.closeAllConnections()
      await new Promise<void>((resolve) => listening.close(() => resolve()))
    },
  }
}
