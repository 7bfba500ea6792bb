/** Damage that a crash cannot explain: someone must look at the file. The message names it and the place in it. */
export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError'
}
