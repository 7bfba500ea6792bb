import { type LightExplanation, type Reading, reasons, toIso, type Words } from '@fanari/contracts'
import { causesOf, sayCauses } from './explain-causes.ts'
import { type TurningFigures, turns } from './explain-turns.ts'
import { beliefs, createMoments, createSentences, join, quantity, type Sentences, titleOf } from './explain-words.ts'
import { decisiveMisses, missedReports } from './hearing.ts'
import type { OpenIncident } from './incident-book.ts'
import { communityHysteresis } from './judge-communities.ts'
import { hasGasped, type Light, silenceOf } from './light.ts'
import { wordSamples } from './rules/rule.ts'
import type { Segment } from './schedule.ts'
import type { World } from './world.ts'

/*
 * Why the detector believes what it believes, from the state it judges by. It reads the world and never changes it.
 */

type Moments = ReturnType<typeof createMoments>

/** What is believed of `light`, since when, on which evidence, and what would change it. `lastReading` is its newest. */
export const explainLight = (
  world: World,
  light: Light,
  incident: OpenIncident | undefined,
  lastReading: Reading | null,
): LightExplanation => {
  const moment = createMoments(world.schedule.local, world.now)
  const sentences = createSentences()
  const expectation = expectationOf(world, light)
  const silence = silenceOf(light, world)
  const { state, reason, hearing } = light
  const counts = silence.base !== Number.POSITIVE_INFINITY
  const decides = decisiveMisses(hearing, world.rules)
  const causes = state === 'lit' || state === 'off' ? [] : causesOf(world, light)

  const since = moment(light.since)
  const belief = beliefs[state]
  sentences.say({ el: `${belief.el}, από τις ${since.el}.`, en: `${belief.en} since ${since.en}.` })
  sentences.say({ el: `${reasons[reason].el}.`, en: `${reasons[reason].en}.` })
  sayExpectation(sentences, expectation, moment)
  sayReading(sentences, light, lastReading, moment)
  saySilence(sentences, world, light, { ...silence, counts, decides }, moment)
  sayCauses(sentences, causes, moment)
  if (incident !== undefined) sayIncident(sentences, incident, moment)
  const until = state === 'maintenance' ? light.maintenanceUntil : expectation.until
  sentences.say(
    turns[reason].light({ ...figuresOf(world), missedReports: decides, until: until === null ? null : moment(until) }),
  )

  return {
    luminaire: light.asset.id,
    at: toIso(world.now),
    state,
    since: toIso(light.since),
    reason,
    expectation: {
      mode: expectation.mode,
      ...(expectation.since === null ? {} : { since: toIso(expectation.since) }),
      ...(expectation.until === null ? {} : { until: toIso(expectation.until) }),
      level: expectation.level,
    },
    lastReading: lastReading === null ? null : decisiveNumbers(light, lastReading),
    darkReadings: light.counted === 'on' ? light.darkRun : 0,
    silence: {
      lastSeen: hearing.lastSeenAt === 0 ? null : toIso(hearing.lastSeenAt),
      counts,
      missed: silence.missed,
      decides,
    },
    causes,
    incident: incident?.id ?? null,
    text: sentences.text(),
  }
}

/** The figures of the rules that would change a belief. */
export const figuresOf = ({ rules }: World): Omit<TurningFigures, 'missedReports' | 'until'> => ({
  litReadings: rules.lampFailure.clearSamples,
  darkReadings: rules.lampFailure.samples,
  burningReadings: rules.lampUnexpectedOn.samples,
  unlitReadings: rules.lampUnexpectedOn.clearSamples,
  raisedReadings: wordSamples,
  clearReadings: wordSamples,
  communityPercent: Math.round(100 * communityHysteresis * rules.communityDark.darkShare),
  heardPercent: Math.round(100 * (1 - rules.platformBlind.returnShare)),
})

interface Expectation {
  mode: Segment['mode']
  level: number
  /** Bounds of the unbroken run of this mode; `null` where it has none. */
  since: number | null
  until: number | null
}

/** A run of one mode is followed for at most so many segments: a day has fewer. */
const longestRun = 24

const expectationOf = (world: World, { asset, program, segment }: Light): Expectation => {
  let end = segment.until
  for (let i = 0; i < longestRun && Number.isFinite(end); i++) {
    const next = world.schedule.segmentAt(asset, program, end)
    if (next.mode !== segment.mode || next.until <= end) break
    end = next.until
  }
  const finite = (at: number): number | null => (Number.isFinite(at) ? at : null)
  return { mode: segment.mode, level: segment.level, since: finite(segment.modeSince), until: finite(end) }
}

const sayExpectation = (sentences: Sentences, expected: Expectation, moment: Moments): void => {
  const { mode, level } = expected
  const since = expected.since === null ? null : moment(expected.since)
  const until = expected.until === null ? null : moment(expected.until)
  switch (mode) {
    case 'on':
      return sentences.say({
        el: `Κατά το πρόγραμμά του πρέπει να ανάβει${since === null ? '' : ` από τις ${since.el}`}${until === null ? '' : ` έως τις ${until.el}`}, σε στάθμη ${level} %.`,
        en: `By its program it should be on${since === null ? '' : ` from ${since.en}`}${until === null ? '' : ` until ${until.en}`}, at level ${level} %.`,
      })
    case 'off':
      return sentences.say({
        el: `Κατά το πρόγραμμά του πρέπει να είναι σβηστό${until === null ? '' : ` έως τις ${until.el}`}.`,
        en: `By its program it should be off${until === null ? '' : ` until ${until.en}`}.`,
      })
    case 'either':
      return sentences.say(
        until === null
          ? {
              el: 'Το πρόγραμμά του δεν είναι γνωστό, και δεν κρίνεται αν έπρεπε να ανάβει.',
              en: 'Its program is not known, so it is not judged whether it should be on.',
            }
          : {
              el: `Έως τις ${until.el} επιτρέπεται αναμμένο ή σβηστό (λυκόφως ή αλλαγή προγράμματος).`,
              en: `Until ${until.en} on and off are both in order (twilight, or a switch of its program).`,
            },
      )
  }
}

const decisiveNumbers = ({ asset }: Light, reading: Reading): NonNullable<LightExplanation['lastReading']> => {
  const { at, activePower, supplyVoltage, lightLevel, batteryVoltage, loadState, faults } = reading
  return {
    at: toIso(at),
    ratedPower: asset.ratedPowerW,
    ...(activePower === undefined ? {} : { activePower }),
    ...(supplyVoltage === undefined ? {} : { supplyVoltage }),
    ...(lightLevel === undefined ? {} : { lightLevel }),
    ...(batteryVoltage === undefined ? {} : { batteryVoltage }),
    ...(loadState === undefined ? {} : { loadState }),
    ...(faults === undefined || faults.length === 0 ? {} : { faults }),
  }
}

const sayReading = (sentences: Sentences, light: Light, reading: Reading | null, moment: Moments): void => {
  if (reading === null) return
  const { activePower, supplyVoltage, lightLevel, batteryVoltage, loadState, faults = [] } = reading
  const parts: Words[] = []
  const part = (el: string, en: string, value: Words): void => {
    parts.push({ el: `${el} ${value.el}`, en: `${en} ${value.en}` })
  }
  if (activePower !== undefined) {
    const drawn = quantity(activePower, 'W')
    const rated = quantity(light.asset.ratedPowerW, 'W')
    parts.push({ el: `ισχύς ${drawn.el} (ονομαστική ${rated.el})`, en: `power ${drawn.en} (rated ${rated.en})` })
  }
  if (lightLevel !== undefined) part('στάθμη', 'level', quantity(lightLevel, '%'))
  if (supplyVoltage !== undefined) part('τάση', 'supply', quantity(supplyVoltage, 'V'))
  if (batteryVoltage !== undefined) part('μπαταρία', 'battery', quantity(batteryVoltage, 'V'))
  if (loadState !== undefined) part('έξοδος φορτίου', 'load', loadStates[loadState])
  for (const fault of faults) part('δηλώνει', 'raises', titleOf(fault))
  if (parts.length === 0) return
  const at = moment(reading.at)
  const numbers = join(parts)
  sentences.say({
    el: `Τελευταία μέτρηση στις ${at.el}: ${numbers.el}.`,
    en: `Last reading at ${at.en}: ${numbers.en}.`,
  })
  const { darkRun, counted } = light
  if (counted !== 'on' || darkRun === 0) return
  const began = moment(light.darkSince)
  sentences.say({
    el: `Δεν δείχνει φως σε ${darkRun === 1 ? '1 μέτρηση' : `${darkRun} μετρήσεις στη σειρά`}, από τις ${began.el}.`,
    en: `No light in ${darkRun === 1 ? '1 reading' : `${darkRun} readings in a row`}, since ${began.en}.`,
  })
}

const loadStates = {
  on: { el: 'ανοιχτή', en: 'on' },
  off: { el: 'κλειστή', en: 'off' },
  lowVoltageDisconnect: { el: 'αποκοπή χαμηλής τάσης', en: 'low-voltage disconnect' },
  fault: { el: 'βλάβη', en: 'fault' },
} as const satisfies Record<NonNullable<Reading['loadState']>, Words>

const saySilence = (
  sentences: Sentences,
  world: World,
  light: Light,
  { missed, counts, decides }: { missed: number; counts: boolean; decides: number },
  moment: Moments,
): void => {
  const { hearing } = light
  if (hearing.lastSeenAt === 0) return
  if (hearing.offlineAt > 0) {
    const lost = moment(hearing.offlineAt)
    sentences.say({ el: `Η σύνδεσή του χάθηκε στις ${lost.el}.`, en: `Its connection was lost at ${lost.en}.` })
  }
  if (hasGasped(light)) {
    const gasped = moment(light.gaspEventAt)
    sentences.say({
      el: `Στις ${gasped.el} ειδοποίησε ότι έχασε την τροφοδοσία του, και δεν ακούστηκε ξανά.`,
      en: `At ${gasped.en} it announced the loss of its supply, and was not heard again.`,
    })
  }
  const heard = moment(hearing.lastSeenAt)
  if (counts && missed > 0)
    sentences.say({
      el: `Ακούστηκε τελευταία φορά στις ${heard.el} και έχει χάσει ${missed === 1 ? '1 αναφορά' : `${missed} αναφορές στη σειρά`}· με ${decides} θεωρείται εκτός επικοινωνίας.`,
      en: `Last heard at ${heard.en}; ${missed === 1 ? '1 report' : `${missed} reports in a row`} missed, ${decides} decide that it cannot be reached.`,
    })
  else if (!counts && missedReports(hearing, hearing.lastSeenAt, world.now) > 0)
    sentences.say({
      el: `Ακούστηκε τελευταία φορά στις ${heard.el}. Η σιωπή του δεν μετρά αυτή την ώρα.`,
      en: `Last heard at ${heard.en}. Its silence does not count at this time.`,
    })
}

const sayIncident = (sentences: Sentences, incident: OpenIncident, moment: Moments): void => {
  const title = titleOf(incident.fault)
  const started = moment(incident.startedAt)
  const detected = moment(incident.detectedAt)
  sentences.say({
    el: `Ανήκει στο συμβάν «${title.el}», που άρχισε στις ${started.el} και διαπιστώθηκε στις ${detected.el}.`,
    en: `It belongs to the incident “${title.en}”, which began at ${started.en} and was found at ${detected.en}.`,
  })
}
