import {
  type DetectorOutput,
  type Forecast,
  hourMs,
  type IncidentChange,
  type Instant,
  type LightState,
  lightStateCodes,
  type RollCall,
  rollCallCodes,
  secondMs,
  severities,
} from '@fanari/contracts'
import { firstNameOf } from './incident-names.ts'
import { type Line, pointOf } from './line.ts'
import type { LightPlace, Places } from './places.ts'

/** Points from what the detector decides. The same decisions, given again after a crash, are the same points. */
export interface DecisionEncoder {
  encode(municipality: string, outputs: readonly DetectorOutput[]): Line[]
}

export interface DecisionEncoderOptions {
  places: Places
  /** The state of a light that has not changed since the start. */
  stateOf: (municipality: string, luminaire: string) => LightState | null
  /** What is known of a solar light's battery at the moment of its forecast. */
  forecastOf: (municipality: string, luminaire: string) => Forecast | null
}

export const createDecisionEncoder = ({ places, stateOf, forecastOf }: DecisionEncoderOptions): DecisionEncoder => {
  const states = new Map<string, LightState>()

  const isLit = (municipality: string, luminaire: string): boolean => {
    const state = states.get(`${municipality}/${luminaire}`) ?? stateOf(municipality, luminaire)
    return state === 'lit' || state === 'unexpectedlyOn'
  }

  const rollCall = (municipality: string, call: RollCallOutput): Line[] => {
    const { community, moment, night, lit, dark, unknown } = call
    const plannedAt = Date.parse(call.plannedAt)
    const community_ = pointOf(
      'roll_call',
      { municipality, community, moment },
      { night, lit, dark, unknown, called: lit + dark + unknown, late_s: (call.at - plannedAt) / secondMs },
      plannedAt,
    )
    const results = new Map<string, keyof typeof rollCallCodes>([
      ...call.darkLights.map((id) => [id, 'dark'] as const),
      ...call.unknownLights.map((id) => [id, 'unknown'] as const),
    ])
    const lights = [...places.lights(municipality)].flatMap(({ id, tags }) => {
      if (tags.community !== community) return []
      // Lights that are off by their program are not called.
      const result = results.get(id) ?? (isLit(municipality, id) ? 'lit' : null)
      if (result === null) return []
      return pointOf(
        'roll_call_light',
        { ...tags, moment },
        { night, result, result_code: rollCallCodes[result] },
        plannedAt,
      )
    })
    return [...community_, ...lights]
  }

  const forecast = (municipality: string, output: Extract<DetectorOutput, { type: 'forecast' }>): Line[] => {
    const place = places.ofDevice(municipality, output.device)
    if (place?.kind !== 'luminaire') return []
    const { night, probabilityDark, expectedDarkAt, next, at } = output
    const battery = forecastOf(municipality, place.id)
    const { community, luminaire } = place.tags
    return pointOf(
      'solar_forecast',
      { municipality, community, luminaire },
      {
        night,
        probability_dark: probabilityDark,
        at_risk: probabilityDark > 0.5 ? 1 : 0,
        hours_until_dark_h: expectedDarkAt === undefined ? null : (Date.parse(expectedDarkAt) - at) / hourMs,
        state_of_charge_pct: battery?.stateOfCharge ?? null,
        usable_energy_wh: battery?.usableEnergy ?? null,
        needed_energy_wh: battery?.neededEnergy ?? null,
        probability_dark_next_1: next[0]?.probabilityDark ?? null,
        probability_dark_next_2: next[1]?.probabilityDark ?? null,
        probability_dark_next_3: next[2]?.probabilityDark ?? null,
      },
      at,
    )
  }

  const encodeOne = (municipality: string, output: DetectorOutput): Line[] => {
    switch (output.type) {
      case 'incident.opened':
      case 'incident.updated':
      case 'incident.resolved':
        return incidentPoint(places, municipality, output)
      case 'incident.confirmed':
        return []
      case 'light.changed': {
        const { luminaire, state, reason, incident = '', at } = output
        states.set(`${municipality}/${luminaire}`, state)
        const tags = places.light(municipality, luminaire)?.tags ?? { municipality, luminaire }
        return pointOf('light_state', tags, { state, state_code: lightStateCodes[state], reason, incident }, at)
      }
      case 'community.changed': {
        const { lit, dark, unknown, total, darkCommunity } = output.light
        return pointOf(
          'community_light',
          { municipality, community: output.community },
          {
            lit,
            dark,
            unknown,
            total,
            dark_community: darkCommunity,
            dark_community_code: darkCommunity ? 1 : 0,
          },
          output.at,
        )
      }
      case 'rollCall':
        return rollCall(municipality, output)
      case 'forecast':
        return forecast(municipality, output)
    }
  }

  return { encode: (municipality, outputs) => outputs.flatMap((output) => encodeOne(municipality, output)) }
}

type RollCallOutput = Omit<RollCall, 'at'> & { at: Instant }

const changeOf = {
  'incident.opened': 'opened',
  'incident.updated': 'updated',
  'incident.resolved': 'resolved',
} as const

type TellingChange = Exclude<IncidentChange, { type: 'incident.confirmed' }>

const incidentPoint = (places: Places, municipality: string, { type, at, incident }: TellingChange): Line[] => {
  const startedAt = Date.parse(incident.startedAt)
  const middle = middleOf(places, municipality, incident)
  const firstName = firstNameOf(incident)
  const tags = {
    municipality,
    community: incident.community,
    fault: incident.fault,
    scope_kind: incident.scope.kind,
    scope: incident.scope.id,
    change: changeOf[type],
  }
  const point = pointOf(
    'incident',
    tags,
    {
      incident: incident.id,
      open: incident.state === 'open' ? 1 : 0,
      state: incident.state,
      reason: incident.reason,
      resolution: incident.resolution ?? '',
      severity: incident.severity,
      severity_code: severities.indexOf(incident.severity),
      parent: incident.parent ?? '',
      members: incident.members.length,
      revision: incident.revision,
      lat: middle?.lat ?? null,
      lon: middle?.lon ?? null,
      time_to_detect_s: (Date.parse(incident.detectedAt) - startedAt) / secondMs,
      duration_s: incident.resolvedAt === undefined ? null : (Date.parse(incident.resolvedAt) - startedAt) / secondMs,
    },
    at,
  )
  // A name is changed by an update: from then on nothing is open under the first.
  if (type !== 'incident.updated' || firstName === incident.fault) return point
  return [...point, ...pointOf('incident', { ...tags, fault: firstName }, { incident: incident.id, open: 0 }, at)]
}

/** The middle of the lights concerned, or where the cabinet stands. */
const middleOf = (
  places: Places,
  municipality: string,
  { members, scope }: IncidentChange['incident'],
): { lat: number; lon: number } | null => {
  const positions = members.flatMap((id) => {
    const position = places.light(municipality, id)?.position ?? null
    return position === null ? [] : [position]
  })
  const cabinet = scope.kind === 'cabinet' ? places.cabinet(municipality, scope.id) : null
  if (cabinet?.kind === 'cabinet' && cabinet.position !== null) return cabinet.position
  if (positions.length === 0) return null
  const mean = (of: (position: NonNullable<LightPlace['position']>) => number): number =>
    positions.reduce((sum, position) => sum + of(position), 0) / positions.length
  return { lat: mean(({ lat }) => lat), lon: mean(({ lon }) => lon) }
}
