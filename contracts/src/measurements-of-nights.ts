import { boolean, float, integer, text } from './measurement-fields.ts'
import { tags } from './measurement-tags.ts'

/** Codes of light states, for panels that colour numbers. */
export const lightStateCodes = { off: 0, lit: 1, dark: 2, unexpectedlyOn: 3, unknown: 4, maintenance: 5 } as const

/** Codes of what a light was at a roll-call. */
export const rollCallCodes = { lit: 1, dark: 2, unknown: 4 } as const

const forecastFields = {
  night: text('Night: local date of the noon before it'),
  probability_dark: float('1', 'Probability of no light before dawn'),
  hours_until_dark_h: float('h', 'Time from the forecast to the expected darkness; missing when none is expected'),
}

/** What the platform finds out about lights and nights. */
export const nightMeasurements = {
  light_state: {
    title: 'A light changed its state',
    retention: 'records',
    tags: [...tags.light],
    fields: {
      state: text('lit, dark, off, unexpectedlyOn, unknown or maintenance'),
      state_code: integer('1', 'off 0, lit 1, dark 2, unexpectedlyOn 3, unknown 4, maintenance 5'),
      reason: text('Why we think so: a code of the catalogue'),
      incident: text('Id of the incident that explains it; empty when there is none'),
    },
  },
  community_light: {
    title: "A community's lights, at each change",
    retention: 'records',
    tags: [...tags.community],
    fields: {
      lit: integer('1', 'Lights that are lit'),
      dark: integer('1', 'Lights that are dark'),
      unknown: integer('1', 'Lights that should be on and of which nothing is known'),
      total: integer('1', 'Lights of the community'),
      dark_community: boolean('Whether the community counts as dark'),
      dark_community_code: integer('1', '1 while the community counts as dark, else 0'),
    },
  },
  roll_call: {
    title: "A community's lights at a fixed moment of the night",
    retention: 'records',
    tags: [...tags.community, 'moment'],
    fields: {
      night: text('Night: local date of the noon before it'),
      lit: integer('1', 'Lights confirmed to be lit'),
      dark: integer('1', 'Lights found dark'),
      unknown: integer('1', 'Lights of which nothing is known'),
      called: integer('1', 'Lights that were called'),
      late_s: float('s', 'Call after its planned moment, because the platform had not heard'),
    },
  },
  roll_call_light: {
    title: 'One light at a roll-call',
    retention: 'records',
    tags: [...tags.light, 'moment'],
    fields: {
      night: text('Night: local date of the noon before it'),
      result: text('lit, dark or unknown'),
      result_code: integer('1', 'lit 1, dark 2, unknown 4'),
    },
  },
  solar_forecast: {
    title: 'Whether a solar light will stay on until dawn, at switch-on and whenever the probability crosses one half',
    retention: 'records',
    tags: ['municipality', 'community', 'luminaire'],
    fields: {
      ...forecastFields,
      at_risk: integer('1', '1 when darkness is more likely than not, else 0'),
      state_of_charge_pct: float('%', 'State of charge'),
      usable_energy_wh: float('Wh', 'Energy the battery can still give'),
      needed_energy_wh: float('Wh', 'Energy the rest of the night takes'),
      probability_dark_next_1: float('1', 'Of the night after'),
      probability_dark_next_2: float('1', 'Of the second night after'),
      probability_dark_next_3: float('1', 'Of the third night after'),
    },
  },
  solar_outcome: {
    title: 'What became of a forecast, at the end of its night',
    retention: 'records',
    tags: ['municipality', 'community', 'luminaire'],
    fields: {
      night: text('Night: local date of the noon before it'),
      probability_dark: float('1', 'What was forecast at switch-on'),
      went_dark: boolean('Whether the light was dark before dawn'),
      went_dark_code: integer('1', '1 when the light was dark before dawn, else 0'),
      squared_error: float('1', 'Brier score of this night: (probability − outcome)²'),
    },
  },
  night_index: {
    title: 'The indices of a night, at the noon before it; formulas in docs/indices.md',
    retention: 'd1',
    tags: ['municipality', 'group_kind', 'group'],
    fields: {
      night: text('Night: local date of the noon before it'),
      live: boolean('The night went on when this was written'),
      lights: integer('1', 'Lights that were planned to be on'),
      scheduled_h: float('h', 'Light-hours planned on, maintenance left out'),
      lit_h: float('h', 'Light-hours lit'),
      dark_h: float('h', 'Light-hours dark'),
      unknown_h: float('h', 'Light-hours of which nothing is known'),
      maintenance_h: float('h', 'Light-hours planned on but worked on'),
      dark_episodes: integer('1', 'Dark episodes that began'),
      lights_in_light_pct: float('%', 'Lit of what is known'),
      lights_in_light_at_least_pct: float('%', 'Lit of all that was scheduled'),
      l_saidi_h: float('h', 'Dark hours a light'),
      l_saifi: float('1', 'Dark episodes a light'),
      l_caidi_h: float('h', 'Mean dark hours an episode'),
      dark_community_h: float('h', 'Hours of communities in the dark'),
      dark_community_resident_h: float('h', 'Those hours, each times the residents of its community'),
      incidents: integer('1', 'Outages detected'),
      mean_time_to_detect_min: float('min', 'Detection after the start'),
      mean_time_to_acknowledge_min: float('min', 'First human step on a ticket after it was opened'),
      mean_time_to_repair_min: float('min', 'Proof by telemetry after the ticket was opened'),
      found_before_call_pct: float('%', 'Outage tickets that telemetry opened, and no report before it'),
    },
  },
  energy: {
    title: 'Energy of the lights of a circuit (or of the solar lights of a community), by hour and by local day',
    retention: 'h1',
    tags: ['municipality', 'community', 'cabinet', 'circuit', 'supply'],
    fields: {
      energy_kwh: float('kWh', 'Energy taken, from counters; from mean power where there is no counter'),
      full_energy_kwh: float('kWh', 'What the same lights would have taken in their lit time at rated power'),
      dimming_saved_kwh: float('kWh', 'Saved by dimming: full minus taken, of lit lights below full level'),
      co2_kg: float('kg', 'Emissions; written when FANARI_CO2_G_PER_KWH is set'),
      cost_eur: float('€', 'Cost; written when FANARI_ENERGY_EUR_PER_KWH is set'),
      lit_h: float('h', 'Light-hours with light'),
      lights: integer('1', 'Lights that reported in the hour or day'),
    },
  },
} as const
