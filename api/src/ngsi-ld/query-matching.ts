import type { Attribute, Entity } from './entity.ts'
import type { Condition, Literal } from './query-language.ts'

/** What a path leads to; `link`: the object of a relationship, which can be equal or not and no more (ETSI GS CIM 009, 4.9). */
interface Target {
  values: readonly unknown[]
  link: boolean
}

/** Whether an entity fulfils a query. What it does not have fulfils no comparison, not even `!=`. */
export const fulfils = (entity: Entity, condition: Condition): boolean => {
  switch (condition.kind) {
    case 'and':
      return condition.of.every((one) => fulfils(entity, one))
    case 'or':
      return condition.of.some((one) => fulfils(entity, one))
  }
  const target = targetOf(entity, condition.path)
  if (target === null) return false
  const { values, link } = target
  switch (condition.kind) {
    case 'exists':
      return true
    case 'equals':
      return values.some((value) => condition.values.some((one) => isEqual(value, one))) !== condition.negated
    case 'inRange':
      return (
        !link &&
        values.some((value) => compare(value, condition.from, '>=') && compare(value, condition.to, '<=')) !==
          condition.negated
      )
    case 'compares':
      return !link && values.some((value) => compare(value, condition.value, condition.operator))
    case 'matches':
      return (
        !link &&
        values.some((value) => typeof value === 'string' && condition.pattern.test(value)) !== condition.negated
      )
  }
}

const targetOf = (
  { attributes }: Entity,
  { attribute, rest }: { attribute: string; rest: readonly string[] },
): Target | null => {
  const found: Attribute | undefined = (attributes as Record<string, Attribute>)[attribute]
  if (found === undefined) return null
  const [first, ...deeper] = rest
  if ((first === 'observedAt' || first === 'unitCode') && deeper.length === 0) {
    const value = found.type === 'Property' ? found[first] : undefined
    return value === undefined ? null : { values: [value], link: false }
  }
  if (found.type === 'Relationship') return rest.length > 0 ? null : { values: [found.object], link: true }
  let value: unknown = found.value
  for (const part of rest) value = memberOf(value, part)
  if (value === undefined) return null
  return { values: Array.isArray(value) ? value : [timeIn(value) ?? value], link: false }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

/** `{"@type":"DateTime","@value":…}` compares as its time. */
const timeIn = (value: unknown): string | null => {
  const text = memberOf(value, '@value')
  return typeof text === 'string' ? text : null
}

const isEqual = (value: unknown, literal: Literal): boolean =>
  literal.kind === 'time'
    ? typeof value === 'string' && (value === literal.text || Date.parse(value) === literal.value)
    : value === literal.value

const compare = (value: unknown, literal: Literal, operator: '<' | '<=' | '>' | '>='): boolean => {
  const sides = comparable(value, literal)
  if (sides === null) return false
  const [left, right] = sides
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/** Both sides in one kind; different kinds have no order. */
const comparable = (value: unknown, literal: Literal): [number, number] | [string, string] | null => {
  if (typeof value === 'number') return literal.kind === 'number' ? [value, literal.value] : null
  if (typeof value !== 'string') return null
  if (literal.kind === 'text') return [value, literal.value]
  const at = literal.kind === 'time' ? Date.parse(value) : Number.NaN
  return literal.kind !== 'time' || Number.isNaN(at) ? null : [at, literal.value]
}
