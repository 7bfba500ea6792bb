import { readFileSync } from 'node:fs'
import { workTransitions } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { defaultRoutingTable } from '../routing/default-table.ts'

const page = readFileSync(new URL('../../../docs/citizen-line.md', import.meta.url), 'utf8')

describe('the page on the citizen line', () => {
  test('draws the life of a work order as it is', () => {
    const [, diagram = ''] = /stateDiagram-v2\n([\s\S]*?)```/.exec(page) ?? []
    const arrows = workTransitions.flatMap(({ event, from, to }) =>
      from.map((status) => `  ${status === 'none' ? '[*]' : status} --> ${to}: ${event}`),
    )
    expect(diagram.trimEnd().split('\n').toSorted()).toEqual(arrows.toSorted())
  })

  test('lists the routing rules in their order', () => {
    const named = defaultRoutingTable.rules.filter(({ id }) => !/^(fault|category)-of-/.test(id))
    const [, section = ''] = /## Where a matter goes([\s\S]*?)\n## /.exec(page) ?? []
    const rows = [...section.matchAll(/^\| `([\w-]+)` \| `(\w+)` \|/gm)].map(([, rule, service]) => [rule, service])
    expect(rows).toEqual(named.map(({ id, to }) => [id, to.service]))
  })
})
