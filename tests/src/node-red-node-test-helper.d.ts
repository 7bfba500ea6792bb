/** As much of it as the stories use; the package brings no types. */
declare module 'node-red-node-test-helper' {
  import type { Node, NodeInitializer } from 'node-red'

  const helper: {
    /** @param runtime path of the `node-red` to run */
    init(runtime: string): void
    load(
      nodes: readonly NodeInitializer[],
      flow: readonly Record<string, unknown>[],
      credentials: Record<string, Record<string, string>>,
    ): Promise<void>
    unload(): Promise<void>
    getNode(id: string): Node
  }
  export default helper
}
