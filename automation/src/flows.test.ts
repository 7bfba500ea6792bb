import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultCredentials, defaultFlows } from './flows.ts'
import { variables } from './settings.ts'

const flows = defaultFlows()
const ids = new Set(flows.map(({ id }) => id))

test('every id is there once, and none is the name of a type', () => {
  expect(ids.size).toBe(flows.length)
  expect(flows.filter(({ type }) => ids.has(type))).toEqual([])
})

test('every wire, link and tab leads somewhere', () => {
  for (const { id, z, wires, links, scope, platform } of flows as Record<string, unknown>[]) {
    const named = [
      z,
      platform,
      ...((wires as string[][]) ?? []).flat(),
      ...((links as string[]) ?? []),
      ...((scope as string[]) ?? []),
    ]
    for (const name of named) if (name !== undefined) expect(ids, `of ${id}`).toContain(name)
  }
})

test('every variable that flows and editor forms name exists', () => {
  const folder = join(import.meta.dirname, '../nodes')
  const forms = readdirSync(folder).filter((name) => name.endsWith('.html'))
  const text = [
    JSON.stringify([flows, defaultCredentials()]),
    ...forms.map((name) => readFileSync(join(folder, name), 'utf8')),
  ].join()
  const derived = ['FANARI_AUTOMATION_SMTP_AUTH', 'FANARI_AUTOMATION_SMTP_SECURE']
  for (const [, name = ''] of text.matchAll(/\$\{([A-Z_]+)\}/g))
    expect([...Object.keys(variables), ...derived]).toContain(name)
})

test('credentials are names of variables, nothing else', () => {
  for (const [id, credentials] of Object.entries(defaultCredentials())) {
    expect(ids).toContain(id)
    for (const value of Object.values(credentials)) expect(value).toMatch(/^\$\{FANARI_AUTOMATION_[A-Z_]+\}$/)
  }
})
