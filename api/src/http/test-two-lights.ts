import type { TestApi } from '../test-api.ts'
import { collection, community, luminaire } from '../test-documents.ts'

export const base = '/api/v1/municipalities/orestiada'

/** Registers the lights `L-1` and `L-2` of the community `vyssa`. */
export const importTwoLights = (t: TestApi) => {
  const body = collection(community('vyssa', 'Νέα Βύσσα'), luminaire('L-1'), luminaire('L-2'))
  return t.call('PUT', `${base}/assets`, { body })
}
