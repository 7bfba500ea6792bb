import { type ConsideredCause, type Instant, toIso, type Words } from '@fanari/contracts'
import { join, names, type Sentences, subjects } from './explain-words.ts'
import { type Group, mayYetStand, weighNearest } from './groups.ts'
import type { Light } from './light.ts'
import { groupsOf, type World } from './world.ts'

/** The causes that a light shares with others and that have some evidence for them. */
export const causesOf = (world: World, light: Light): ConsideredCause[] =>
  groupsOf(world, light).flatMap((group) => {
    const cause = weighed(world, group)
    return cause.verdict === 'cause' || cause.affected > 0 ? [cause] : []
  })

export const weighed = (world: World, group: Group): ConsideredCause => {
  const verdict = weighNearest(group, world)
  const possible = mayYetStand(verdict, world)
  const isOpen = world.book.get(group.key) !== undefined
  return {
    scope: group.scope,
    verdict: isOpen ? 'cause' : possible ? 'possible' : 'excluded',
    affected: verdict.affected.length,
    alive: verdict.alive,
    pending: verdict.pending,
    ...(possible && !isOpen ? { decidedBy: toIso(Math.max(verdict.decideAt, verdict.chanceEnds)) } : {}),
  }
}

/** How the causes are weighed; those that the evidence speaks against share one sentence. */
export const sayCauses = (
  sentences: Sentences,
  causes: readonly ConsideredCause[],
  moment: (at: Instant) => Words,
): void => {
  for (const { scope, verdict, decidedBy, ...counts } of causes) {
    const subject = subjects[scope.kind]
    const members = countsOf(counts)
    if (verdict === 'cause')
      sentences.say({
        el: `${subject.el} ${scope.id} θεωρείται η αιτία: ${members.el}.`,
        en: `${subject.en} ${scope.id} is held to be the cause: ${members.en}.`,
      })
    if (verdict !== 'possible') continue
    const by = decidedBy === undefined ? null : moment(Date.parse(decidedBy))
    sentences.say({
      el: `${subject.el} ${scope.id} μπορεί να είναι η αιτία: ${members.el}${by === null ? '' : `· θα έχει κριθεί έως τις ${by.el}`}.`,
      en: `${subject.en} ${scope.id} may be the cause: ${members.en}${by === null ? '' : `; decided by ${by.en}`}.`,
    })
  }
  const excluded = causes.filter(({ verdict }) => verdict === 'excluded')
  if (excluded.length === 0) return
  const list = join(
    excluded.map(({ scope, ...counts }) => {
      const { alive } = counts
      const living = { el: alive === 1 ? '1 μέλος ζει' : `${alive} μέλη ζουν`, en: `${alive} alive` }
      // One that lives is enough to rule a cause out.
      const members = alive > 0 ? living : countsOf(counts)
      return {
        el: `${names[scope.kind].el} ${scope.id} (${members.el})`,
        en: `${names[scope.kind].en} ${scope.id} (${members.en})`,
      }
    }),
  )
  sentences.say({
    el: `Δεν φαίνεται να φταίει κάτι κοινό: ${list.el}.`,
    en: `Nothing that it shares looks like the cause: ${list.en}.`,
  })
}

const countsOf = ({ affected, alive, pending }: Pick<ConsideredCause, 'affected' | 'alive' | 'pending'>): Words => {
  const waiting = { el: `, ${pending} χωρίς νέα ακόμη`, en: `, ${pending} without news yet` }
  return {
    el: `${affected === 1 ? '1 μέλος' : `${affected} μέλη`} χωρίς φως ή σήμα, ${alive === 1 ? '1 ζωντανό' : `${alive} ζωντανά`}${pending === 0 ? '' : waiting.el}`,
    en: `${affected === 1 ? '1 member' : `${affected} members`} without light or word, ${alive} alive${pending === 0 ? '' : waiting.en}`,
  }
}
