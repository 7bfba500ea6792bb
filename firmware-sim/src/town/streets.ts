import { between, type Random, shuffled } from '../random.ts'

/** A lamp post, in metres east and north of the settlement's centre. */
export interface Pole {
  street: string
  /** Poles of one street, in order. */
  order: number
  east: number
  north: number
  /** On a main street, on any other of the grid, or on a road that leaves the settlement. */
  road: 'main' | 'side' | 'approach'
}

const mainStreets = ['Βασιλέως Κωνσταντίνου', 'Ευριπίδου']
const sideStreets = (
  'Αγίων Θεοδώρων,Αδριανουπόλεως,Αθανασίου Πανταζίδου,Ανατολικής Θράκης,Αναγεννήσεως,Αριστοτέλους,Βενιζέλου,Βιζυηνού,Βυζαντίου,' +
  'Γρηγορίου Ε΄,Δημοκρατίας,Διδυμοτείχου,Διονυσίου Σολωμού,Δωδεκανήσου,Εθνικής Αντιστάσεως,Ειρήνης,Ελευθερίας,Έβρου,Ζαρίφη,Θουκυδίδου,' +
  'Ιπποκράτους,Ιουστινιανού,Καποδιστρίου,Καραθεοδωρή,Κολοκοτρώνη,Κύπρου,Κωνσταντινουπόλεως,Λεωνίδα,Μακεδονίας,Μεγάλου Αλεξάνδρου,' +
  'Μιαούλη,Μπουμπουλίνας,Νικηταρά,Ομήρου,Ορφέως,Παπανικολή,Παπαφλέσσα,Περικλέους,Πλάτωνος,Ρήγα Φεραίου,Σαμοθράκης,Σκρα,' +
  'Σουφλίου,Σωκράτους,Τραπεζούντος,Υψηλάντου,Φιλελλήνων,Φιλικής Εταιρείας,Χρυσοστόμου Σμύρνης,28ης Οκτωβρίου,25ης Μαρτίου,14ης Μαΐου'
).split(',')

/** Every third pole stands at a crossing, half a spacing from it, so that the poles of two streets keep their distance there. */
const polesPerBlock = 3
/** Share of the poles along the roads that leave the settlement. */
const approachShare = 0.15
const jitterM = 1

interface Spot {
  axis: 0 | 1
  line: number
  order: number
  along: number
  across: number
  distance: number
}

/**
 * Sets `count` poles: a grid of streets as compact as an ellipse allows, turned to a bearing of its own, and roads outward from
 * its two main streets. Neighbours along a street stand 25–35 m apart.
 */
export const layOutPoles = (count: number, random: Random): Pole[] => {
  const spacingM = between(random, 28, 32)
  const bearing = between(random, 0, Math.PI / 2)
  const stretch = between(random, 0.75, 1.3)
  const names = shuffled(random, sideStreets)
  const onGrid = Math.max(Math.min(count, 8), Math.round(count * (1 - approachShare)))

  const nameOf = new Map<string, string>()
  const streetName = (axis: 0 | 1, line: number): string => {
    if (line === 0) return mainStreets[axis] ?? ''
    const key = `${axis}/${line}`
    const name = nameOf.get(key) ?? names[nameOf.size] ?? `Οδός ${nameOf.size + 1}`
    nameOf.set(key, name)
    return name
  }
  const jitter = (): number => between(random, -jitterM, jitterM)
  const rotate = (x: number, y: number) => ({
    east: x * Math.cos(bearing) - y * Math.sin(bearing),
    north: x * Math.sin(bearing) + y * Math.cos(bearing),
  })

  const reach = Math.ceil(Math.sqrt(onGrid)) + polesPerBlock
  const spots: Spot[] = []
  for (const axis of [0, 1] as const)
    for (let line = -Math.ceil(reach / polesPerBlock); line <= Math.ceil(reach / polesPerBlock); line++)
      for (let order = -reach; order < reach; order++) {
        const along = order + 0.5
        const across = line * polesPerBlock
        const [x, y] = axis === 0 ? [along, across] : [across, along]
        spots.push({ axis, line, order, along, across, distance: Math.hypot(x * stretch, y / stretch) })
      }
  spots.sort((a, b) => a.distance - b.distance)
  const chosen = spots.slice(0, onGrid)

  const poles: Pole[] = chosen.map(({ axis, line, order, along, across }) => {
    const [alongM, acrossM] = [along * spacingM + jitter(), across * spacingM]
    const place = axis === 0 ? rotate(alongM, acrossM) : rotate(acrossM, alongM)
    return { street: streetName(axis, line), order, ...place, road: line === 0 ? 'main' : 'side' }
  })

  const arms = ([0, 1] as const).flatMap((axis) =>
    ([1, -1] as const).map((side) => {
      const orders = chosen.filter((spot) => spot.axis === axis && spot.line === 0).map(({ order }) => order)
      const last = orders.length === 0 ? 0 : side === 1 ? Math.max(...orders) : Math.min(...orders)
      const alongM = (last + 0.5) * spacingM
      const heading = bearing + (axis === 0 ? 0 : Math.PI / 2) + (side === 1 ? 0 : Math.PI)
      return { axis, side, order: last, heading, ...(axis === 0 ? rotate(alongM, 0) : rotate(0, alongM)) }
    }),
  )
  for (let i = onGrid; i < count; i++) {
    const arm = arms[i % arms.length]
    if (arm === undefined) break
    arm.heading += between(random, -0.04, 0.04)
    arm.order += arm.side
    const step = spacingM + jitter()
    arm.east += step * Math.cos(arm.heading)
    arm.north += step * Math.sin(arm.heading)
    const { east, north, order } = arm
    poles.push({ street: streetName(arm.axis, 0), order, east, north, road: 'approach' })
  }
  return poles
}
