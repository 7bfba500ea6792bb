import type { GroupIndices, Instant, NightGroup } from '@fanari/contracts'
import { type Line, pointOf } from './line.ts'

/** The indices of one group in one night; `noon` is the one it begins at. */
export const nightIndexLines = (
  { municipality, night, noon, live }: { municipality: string; night: string; noon: Instant; live: boolean },
  by: NightGroup,
  indices: GroupIndices,
): Line[] =>
  pointOf(
    'night_index',
    { municipality, group_kind: by, group: indices.id },
    {
      night,
      live,
      lights: indices.lights,
      scheduled_h: indices.scheduledHours,
      lit_h: indices.litHours,
      dark_h: indices.darkHours,
      unknown_h: indices.unknownHours,
      maintenance_h: indices.maintenanceHours,
      dark_episodes: indices.darkEpisodes,
      lights_in_light_pct: indices.lightsInLightPercent,
      lights_in_light_at_least_pct: indices.lightsInLightAtLeastPercent,
      l_saidi_h: indices.lSaidiHours,
      l_saifi: indices.lSaifi,
      l_caidi_h: indices.lCaidiHours,
      dark_community_h: indices.darkCommunityHours,
      dark_community_resident_h: indices.darkCommunityResidentHours,
      incidents: indices.incidents,
      mean_time_to_detect_min: indices.meanTimeToDetectMinutes,
      mean_time_to_acknowledge_min: indices.meanTimeToAcknowledgeMinutes,
      mean_time_to_repair_min: indices.meanTimeToRepairMinutes,
      found_before_call_pct: indices.foundBeforeCallPercent,
    },
    noon,
  )
