/**
 * From a publish to what follows from it: intake, journal, followers.
 * @module
 */
export { createFollowers, type Follower, type Followers } from './followers/followers.ts'
export { createHeartbeat, type Heartbeat } from './followers/heartbeat.ts'
export { createRollups, type HourlyRollup, type Rollups } from './followers/rollups.ts'
export { createNightQueries } from './indices/night-queries.ts'
export { createNightStore, type NightStore } from './indices/night-store.ts'
export { createInflux, type Influx, type ServiceHealth } from './influx/influx.ts'
export { createIntake, type IntakeOptions } from './intake/intake.ts'
export { JournalDamagedError } from './journal/damage.ts'
export { createJournal, type Journal, type JournalOptions } from './journal/journal.ts'
export { createJournalReader, type JournalExtent, type JournalReader } from './journal/journal-reader.ts'
export { FolderInUseError, lockFolder } from './journal/lock.ts'
export { createJudge, type Judge, type JudgeOptions } from './judge.ts'
export { createLightHistory } from './light-history.ts'
export { createLightQueries } from './lights.ts'
export { createMqttSource, type MqttSource, type MqttSourceOptions } from './source/mqtt-source.ts'
