import { z } from 'zod'

/** TALQ 2.7.1 event names where TALQ has one (CONTRACT section 2). */
export const talqFaultNames = [
  'lampFailure',
  'lampPowerTooLow',
  'lampPowerTooHigh',
  'dimmingFailure',
  'lampUnexpectedOn',
  'cyclingFailure',
  'relayFailure',
  'controlGearFailure',
  'powerFactorTooLow',
  'supplyVoltageTooHigh',
  'supplyVoltageTooLow',
  'currentTooHigh',
  'supplyLoss',
  'highTemperature',
  'impactDetected',
  'orientationChanged',
  'cabinetDoorOpen',
  'leakageDetected',
  'circuitBreakerTripped',
  'communicationFailure',
  'batteryLevelTooLow',
  'batteryEmpty',
] as const
export type TalqFaultName = (typeof talqFaultNames)[number]

/** Faults that TALQ does not name. */
export const ownFaultNames = [
  'circuitOutage',
  'phaseLoss',
  'cabinetOutage',
  'gatewayOutage',
  'dayBurningGroup',
  'notCharging',
  'panelUnderperforming',
  'batteryAged',
  'autonomyAtRisk',
  'suspectedTheft',
  'energyMismatch',
  'communityDark',
  'clockFault',
  'platformBlind',
] as const
export type OwnFaultName = (typeof ownFaultNames)[number]

export const faultNames = [...talqFaultNames, ...ownFaultNames] as const
export const faultNameSchema = z.enum(faultNames)
export type FaultName = z.infer<typeof faultNameSchema>
