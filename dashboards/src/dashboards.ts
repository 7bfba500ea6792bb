import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { circuit } from './circuit.ts'
import { citizenLine } from './citizen-line.ts'
import { community } from './community.ts'
import { energy } from './energy.ts'
import { luminaire } from './luminaire.ts'
import { platform } from './platform.ts'
import { solar } from './solar.ts'
import { town } from './town.ts'

/** Folders of Grafana, as `provisioning/dashboards/fanari.yaml` names them, and the dashboards in each. */
const folders: Readonly<Record<string, readonly (() => Dashboard)[]>> = {
  lighting: [town, community, circuit, luminaire, solar, energy],
  'citizen-line': [citizenLine],
  platform: [platform],
}

/** Every dashboard as the JSON that Grafana reads (Classic model), by its path under `generated/`. */
export const dashboardFiles = (): Map<string, string> =>
  new Map(
    Object.entries(folders).flatMap(([folder, dashboards]) =>
      dashboards.map((make) => {
        const dashboard = make()
        return [`${folder}/${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`] as const
      }),
    ),
  )
