import { describe, expect, test } from 'vitest'
import { faultNameSchema, faultNames, ownFaultNames, talqFaultNames } from './fault-names.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

const ofTalq = words(`
  lampFailure lampPowerTooLow lampPowerTooHigh dimmingFailure lampUnexpectedOn cyclingFailure relayFailure
  controlGearFailure powerFactorTooLow supplyVoltageTooHigh supplyVoltageTooLow currentTooHigh supplyLoss highTemperature
  impactDetected orientationChanged cabinetDoorOpen leakageDetected circuitBreakerTripped communicationFailure
  batteryLevelTooLow batteryEmpty`)
const ourOwn = words(`
  circuitOutage phaseLoss cabinetOutage gatewayOutage dayBurningGroup notCharging panelUnderperforming
  batteryAged autonomyAtRisk suspectedTheft energyMismatch communityDark clockFault platformBlind`)

describe('fault names', () => {
  test('those of TALQ are the ones of the contract', () => expect([...talqFaultNames]).toEqual(ofTalq))
  test('our own are the ones of the contract', () => expect([...ownFaultNames]).toEqual(ourOwn))
  test('together they are all, none twice', () => {
    expect([...faultNames]).toEqual([...ofTalq, ...ourOwn])
    expect(new Set(faultNames).size).toBe(36)
  })
  test.each(['LampFailure', 'lamp failure', '', 'toString', null, 1])('%j is none', (name) => {
    expect(faultNameSchema.safeParse(name).success).toBe(false)
  })
})
