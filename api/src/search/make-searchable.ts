import { createDatabase } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { createSearch } from './search.ts'

/**
 * Brings the index of words of a database that nobody uses up to date, as the platform does it but without its pauses. For what was filled in
 * by the hundred thousand: reports and tickets, not the register.
 */
export const makeSearchable = (file: string): void => {
  const database = createDatabase(file, migrations)
  database.open()
  const search = createSearch({ database, inventoryOf: () => null })
  while (search.step());
  database.close()
}
