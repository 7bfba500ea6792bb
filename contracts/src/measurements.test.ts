import { describe, expect, it } from 'vitest'
import {
  type Measurement,
  type MeasurementName,
  measurements,
  retentionPolicies,
  rolledUpMeasurements,
  rollupFieldsOf,
} from './index.ts'

const all = Object.entries<Measurement>(measurements)

describe('the schema of InfluxDB', () => {
  it.each(all)('%s has names of small letters, digits and underscores only', (name, { tags, fields }) => {
    for (const word of [name, ...tags, ...Object.keys(fields)]) expect(word).toMatch(/^[a-z][a-z0-9_]*$/)
  })

  // A table of InfluxDB 3 may not have a tag and a field of the same name; `time` is every server's own.
  it.each(all)('%s keeps tags and fields apart, and names each once', (name, { tags, fields, retention }) => {
    const own = [...tags, ...Object.keys(fields)]
    const rolled = Object.keys(rollupFieldsOf(name as MeasurementName))
    expect(new Set(own).size).toBe(own.length)
    expect(tags.filter((tag) => rolled.includes(tag))).toEqual([])
    expect(own).not.toContain('time')
    expect(own.length).toBeLessThan(200)
    expect(Object.keys(retentionPolicies)).toContain(retention)
  })

  it.each(all)('%s rolls up numbers only', (_name, { fields }) => {
    for (const { type, rolledUp } of Object.values(fields)) if (rolledUp) expect(['float', 'integer']).toContain(type)
  })

  it('rolls up what devices measure, with their number and five aggregates a field', () => {
    expect(rolledUpMeasurements).toEqual(['luminaire_reading', 'solar_reading', 'cabinet_reading', 'sensor_reading'])
    expect(Object.keys(rollupFieldsOf('sensor_reading'))).toEqual([
      'readings',
      'value_count',
      'value_mean',
      'value_min',
      'value_max',
      'value_last',
    ])
  })
})
