import { type CommunityLight, type DetectorOutput, toIso } from '@fanari/contracts'
import { isUnderMaintenance } from './light.ts'
import { type Community, fact, type World } from './world.ts'

/** A community is out of the dark again only below this part of the threshold, so that it does not flap. */
export const communityHysteresis = 2 / 3

const keyOf = (community: Community): string => `community:${community.id}`

export const communityLight = (world: World, community: Community): CommunityLight => ({
  lit: community.lit,
  dark: community.dark,
  unknown: community.unknown,
  total: community.lights.length,
  darkCommunity: world.book.get(keyOf(community)) !== undefined,
  at: toIso(world.now),
})

/** Judges whether communities touched in this instant are dark, and tells their counts. */
export const judgeCommunities = (world: World): DetectorOutput[] => {
  const communities = [...world.dirtyCommunities].sort((a, b) => (a.id < b.id ? -1 : 1))
  world.dirtyCommunities.clear()
  return communities.map((community) => {
    judge(world, community)
    return {
      type: 'community.changed',
      at: world.now,
      community: community.id,
      light: communityLight(world, community),
    }
  })
}

const judge = (world: World, community: Community): void => {
  const { darkShare, minimumDark } = world.rules.communityDark
  const key = keyOf(community)
  const known = world.book.get(key)
  if (known === undefined && community.dark < minimumDark) return
  const expected = community.lights.filter(
    (light) => light.segment.mode === 'on' && light.hearing.lastSeenAt > 0 && !isUnderMaintenance(light, world.now),
  )
  const members = expected.filter((light) => light.state === 'dark').map((light) => light.asset.id)
  if (known === undefined) {
    if (members.length < minimumDark || members.length < darkShare * expected.length) return
    world.book.open(
      key,
      {
        fault: 'communityDark',
        scope: { kind: 'community', id: community.id },
        reason: 'shareOfCommunityDark',
        community: community.id,
        startedAt: world.now,
        members,
        evidence: [
          fact(
            'members',
            community.id,
            world.now,
            `${members.length} of ${expected.length} lights that should be on are dark`,
          ),
        ],
      },
      world.now,
    )
    return
  }
  if (expected.length === 0) return world.book.resolve(key, 'scheduleEnded', world.now)
  if (members.length < minimumDark || members.length < communityHysteresis * darkShare * expected.length)
    return world.book.resolve(key, 'litAgain', world.now)
  world.book.update(key, members, world.now)
}
