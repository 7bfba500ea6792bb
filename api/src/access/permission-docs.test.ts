import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { permissionNames, roles, rolesOf } from './permissions.ts'

test('docs/security.md tells the roles of every permission as they are', () => {
  const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')
  const [head = ''] = page.match(/^\| permission \|.*$/m) ?? []
  const told = head
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''))
    .slice(2, -1)
  expect(told).toEqual(roles)
  for (const permission of permissionNames) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${permission}\` |`))
    const allowed = rolesOf(permission)
    const cells = roles.map((role) => (allowed === null || allowed.includes(role) ? '✓' : ''))
    expect([
      permission,
      row
        ?.split('|')
        .slice(2, -1)
        .map((cell) => cell.trim()),
    ]).toEqual([permission, cells])
  }
})
