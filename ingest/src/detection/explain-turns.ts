import type { Reason, Words } from '@fanari/contracts'

/** The figures that decide, for the light or the incident that is explained. */
export interface TurningFigures {
  /** Lit readings in a row that end an outage, dark ones that begin it. */
  litReadings: number
  darkReadings: number
  /** Readings in a row with, and without, power by day. */
  burningReadings: number
  unlitReadings: number
  /** Readings in a row that name, or no longer name, a fault that the device raises. */
  raisedReadings: number
  /** Readings in a row within the limits that end a measured fault. */
  clearReadings: number
  /** Reports missed in a row that decide that a device cannot be reached. */
  missedReports: number
  /** Below this share of dark lights a community is out of the dark again [%]. */
  communityPercent: number
  /** This share of the lights must be heard again before the platform calls itself hearing [%]. */
  heardPercent: number
  /** When the present expectation, or the maintenance, ends; `null` when it does not. */
  until: Words | null
}

/** What would change our mind, of a light and of an incident. */
export interface Turn {
  light: (figures: TurningFigures) => Words
  incident: (figures: TurningFigures) => Words
}

const both = (words: (figures: TurningFigures) => Words): Turn => ({ light: words, incident: words })

const anyReport: Turn = {
  light: () => ({
    el: 'Η εκτίμηση αλλάζει μόλις έρθει νέο μήνυμα από τη συσκευή.',
    en: 'The next message from the device changes this.',
  }),
  incident: () => ({ el: 'Λήγει μόλις ακουστεί ξανά η συσκευή.', en: 'It ends when the device is heard again.' }),
}

const nextReadings = both(() => ({
  el: 'Θα κρίνουν οι επόμενες μετρήσεις.',
  en: 'The next readings decide.',
}))

const litAgain: Turn = {
  light: ({ litReadings }) => ({
    el: `Θα θεωρηθεί ξανά αναμμένο με ${litReadings} μετρήσεις στη σειρά που δείχνουν φως.`,
    en: `${litReadings} readings in a row that show light make it lit again.`,
  }),
  incident: ({ litReadings }) => ({
    el: `Λήγει με ${litReadings} μετρήσεις στη σειρά που δείχνουν φως.`,
    en: `It ends with ${litReadings} readings in a row that show light.`,
  }),
}

const energySuffices = both(() => ({
  el: 'Λήγει όταν η ενέργεια της μπαταρίας φτάνει ξανά ως την αυγή, ή μόλις το φωτιστικό σβήσει και το πει η βλάβη του.',
  en: 'It ends when the energy of the battery lasts until dawn again, or when the light goes dark and that is said instead.',
}))

const yieldsAgain = both(() => ({
  el: 'Λήγει όταν ο συλλέκτης αποδώσει ξανά όπως οι γειτονικοί, μετρώντας τις τελευταίες ημέρες.',
  en: 'It ends when the panel yields as its neighbours again, over the last days.',
}))

const membersLit: Turn = {
  light: litAgain.light,
  incident: ({ litReadings }) => ({
    el: `Λήγει όταν κάθε μέλος δείξει φως σε ${litReadings} μετρήσεις στη σειρά. Αν επιστρέψουν μόνο μερικά, τα υπόλοιπα κρίνονται χωριστά.`,
    en: `It ends when each member shows light in ${litReadings} readings in a row. When only some return, the rest is judged separately.`,
  }),
}

const withinLimits = both(({ clearReadings }) => ({
  el: `Λήγει με ${clearReadings} μετρήσεις στη σειρά μέσα στα όρια.`,
  en: `It ends with ${clearReadings} readings in a row within the limits.`,
}))

const membersHeard: Turn = {
  light: anyReport.light,
  incident: () => ({
    el: 'Λήγει όταν ακουστούν ξανά τα μέλη του.',
    en: 'It ends when its members are heard again.',
  }),
}

const over = both(() => ({
  el: 'Έχει ήδη λήξει· νέες μετρήσεις δεν το ανοίγουν ξανά.',
  en: 'It is over already; new readings do not open it again.',
}))

const inTime: Turn = {
  light: anyReport.light,
  incident: () => ({
    el: 'Λήγει όταν οι μετρήσεις φτάνουν πάλι στην ώρα τους.',
    en: 'It ends when readings arrive in time again.',
  }),
}

const platformHears: Turn = {
  light: anyReport.light,
  incident: ({ heardPercent }) => ({
    el: `Λήγει όταν ακουστεί ξανά τουλάχιστον το ${heardPercent} % των φωτιστικών, ή όταν όλα θα έχουν την ευκαιρία να αναφέρουν.`,
    en: `It ends when at least ${heardPercent} % of the lights are heard again, or when all have had the chance to report.`,
  }),
}

/** A sentence for every reason: what would have to be seen for us to believe something else. */
export const turns = {
  poweredAsExpected: both(({ darkReadings, missedReports }) => ({
    el: `Η εκτίμηση αλλάζει με ${darkReadings} μετρήσεις στη σειρά χωρίς ισχύ, ή αν χαθούν ${missedReports} αναφορές στη σειρά.`,
    en: `${darkReadings} readings in a row without power would change this, or ${missedReports} missed reports in a row.`,
  })),
  notScheduled: both(({ burningReadings, until }) => ({
    el: `Η εκτίμηση αλλάζει αν καταναλώνει σε ${burningReadings} μετρήσεις στη σειρά${until === null ? '' : `, ή μετά τις ${until.el} με το πρόγραμμα`}.`,
    en: `Power in ${burningReadings} readings in a row would change this${until === null ? '' : `, or its program after ${until.en}`}.`,
  })),
  twilight: both(({ until }) => ({
    el: until === null ? 'Δεν κρίνεται.' : `Κρίνεται ξανά μετά τις ${until.el}.`,
    en: until === null ? 'It is not judged.' : `It is judged again after ${until.en}.`,
  })),
  settling: nextReadings,
  awaitingConfirmation: nextReadings,
  neverReported: anyReport,
  silent: anyReport,
  silentByDay: anyReport,
  sleeping: anyReport,
  noLightEvidence: both(() => ({
    el: 'Χρειάζεται μέτρηση που λέει αν φωτίζει: ισχύ, στάθμη ή έξοδο φορτίου.',
    en: 'It takes a reading that tells of light: power, level or load state.',
  })),
  underMaintenance: both(({ until }) => ({
    el: until === null ? 'Κρίνεται ξανά μετά τη συντήρηση.' : `Κρίνεται ξανά όταν λήξει η συντήρηση, στις ${until.el}.`,
    en:
      until === null
        ? 'It is judged again after maintenance.'
        : `It is judged again when maintenance ends, at ${until.en}.`,
  })),
  noPowerWhenExpectedOn: litAgain,
  lastGasp: litAgain,
  noSupplyVoltage: litAgain,
  loadDisconnected: litAgain,
  raisedByDevice: both(({ raisedReadings }) => ({
    el: `Λήγει με ${raisedReadings} μετρήσεις στη σειρά στις οποίες η συσκευή δεν το δηλώνει.`,
    en: `It ends with ${raisedReadings} readings in a row in which the device no longer raises it.`,
  })),
  powerWhenExpectedOff: both(({ unlitReadings }) => ({
    el: `Λήγει με ${unlitReadings} μετρήσεις στη σειρά χωρίς κατανάλωση, όσο πρέπει να είναι σβηστό.`,
    en: `It ends with ${unlitReadings} readings in a row without power while it should be off.`,
  })),
  powerOffBaseline: withinLimits,
  powerOffRating: withinLimits,
  powerSinksSlowly: withinLimits,
  higherLevelThanPlanned: both(({ clearReadings }) => ({
    el: `Λήγει με ${clearReadings} μετρήσεις στη σειρά στην προβλεπόμενη χαμηλή στάθμη.`,
    en: `It ends with ${clearReadings} readings in a row as dim as planned.`,
  })),
  goesOffAndOn: both(() => ({
    el: 'Λήγει όταν ανάβει δύο ώρες χωρίς διακοπή.',
    en: 'It ends when it has been lit for two hours without a break.',
  })),
  loadWhenSwitchedOff: both(({ unlitReadings }) => ({
    el: `Λήγει με ${unlitReadings} μετρήσεις στη σειρά χωρίς κατανάλωση, όσο πρέπει να είναι σβηστό.`,
    en: `It ends with ${unlitReadings} readings in a row without power while it should be off.`,
  })),
  outsideLimits: withinLimits,
  membersOutsideLimits: {
    light: withinLimits.light,
    incident: ({ clearReadings }) => ({
      el: `Λήγει όταν κάθε μέλος μείνει μέσα στα όρια σε ${clearReadings} μετρήσεις στη σειρά.`,
      en: `It ends when each member has been within the limits in ${clearReadings} readings in a row.`,
    }),
  },
  membersBurnByDay: both(({ unlitReadings }) => ({
    el: `Λήγει όταν κάθε μέλος είναι σβηστό σε ${unlitReadings} μετρήσεις στη σειρά, όσο πρέπει να είναι σβηστό.`,
    en: `It ends when each member is off in ${unlitReadings} readings in a row while it should be off.`,
  })),
  poleHit: both(({ clearReadings }) => ({
    el: `Λήγει όταν ο ιστός στέκεται όρθιος και το φωτιστικό κάνει ό,τι προβλέπεται, σε ${clearReadings} μετρήσεις στη σειρά.`,
    en: `It ends when the pole stands and the lamp does as planned in ${clearReadings} readings in a row.`,
  })),
  doorLeftOpen: both(({ clearReadings }) => ({
    el: `Λήγει με ${clearReadings} μετρήσεις στη σειρά με κλειστή θύρα.`,
    en: `It ends with ${clearReadings} readings in a row with the door closed.`,
  })),
  loadBesideLamps: both(({ clearReadings }) => ({
    el: `Λήγει με ${clearReadings} μετρήσεις στη σειρά κοντά στην ισχύ των φωτιστικών.`,
    en: `It ends with ${clearReadings} meter readings in a row near the power of the lamps.`,
  })),
  stampsOffArrival: both(({ clearReadings }) => ({
    el: `Λήγει με ${clearReadings} μηνύματα στη σειρά στην ώρα τους.`,
    en: `It ends with ${clearReadings} reports in a row whose stamps fit their arrival.`,
  })),
  poorDelivery: both(() => ({
    el: 'Λήγει μετά από μια ημέρα στην οποία έφτασαν αρκετά μηνύματα.',
    en: 'It ends after a day on which enough of its reports arrived.',
  })),
  missedReports: anyReport,
  connectionLost: anyReport,
  membersDarkTogether: membersLit,
  membersSilentTogether: membersLit,
  tailDarkTogether: membersLit,
  tailSilentTogether: membersLit,
  silenceSpreading: membersLit,
  neighbouringCabinets: membersLit,
  contactorOpen: membersLit,
  breakerTripped: membersLit,
  feederLoadFell: litAgain,
  silentButLoadCarried: membersHeard,
  gatewayUnreachable: membersHeard,
  restartedAfterSilence: over,
  darkInHistory: over,
  shareOfCommunityDark: both(({ communityPercent }) => ({
    el: `Λήγει όταν τα σκοτεινά πέσουν κάτω από το ${communityPercent} % όσων πρέπει να ανάβουν.`,
    en: `It ends when less than ${communityPercent} % of the lights that should be on are dark.`,
  })),
  energyShortWeather: energySuffices,
  energyShortFault: energySuffices,
  energyShortDesign: energySuffices,
  noChargeUnderSun: both(() => ({
    el: 'Λήγει μόλις η μπαταρία φορτίσει ξανά.',
    en: 'It ends as soon as the battery is charged again.',
  })),
  yieldShortAllDay: yieldsAgain,
  yieldShortSomeHours: yieldsAgain,
  capacityLost: both(() => ({
    el: 'Λήγει όταν οι εκφορτίσεις δείξουν ξανά τη χωρητικότητα, όπως μετά από αλλαγή μπαταρίας.',
    en: 'It ends when discharges show the capacity again, as after an exchange of the battery.',
  })),
  ownDowntime: platformHears,
  massSilence: platformHears,
  slowIngest: inTime,
  clockJumped: inTime,
} as const satisfies Record<Reason, Turn>
