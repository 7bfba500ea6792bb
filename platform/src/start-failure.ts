import { FolderInUseError } from '@fanari/ingest'
import { RulesFileError } from './rules-file.ts'
import { SettingsError } from './settings.ts'

/** What is said of a start that failed, and the status the process ends with. */
interface StartFailure {
  message: string
  status: 1 | 2
}

/**
 * What whoever starts the platform can put right is one line; what is our fault has its stack. Status 2 is for what was asked
 * wrongly, 1 for everything else.
 */
export const describeStartFailure = (error: unknown): StartFailure => {
  if (error instanceof SettingsError || error instanceof RulesFileError) return { message: error.message, status: 2 }
  if (error instanceof FolderInUseError) return { message: error.message, status: 1 }
  if (!(error instanceof Error)) return { message: String(error), status: 1 }
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  // Of any free port (0) Node tells none.
  const where = port === undefined ? `${address}` : `${address}:${port}`
  if (syscall === 'listen') return { message: listenFailure(code, where, error), status: 1 }
  if (syscall !== undefined && code !== undefined && theirs.has(code)) return { message: error.message, status: 1 }
  return { message: error.stack ?? error.message, status: 1 }
}

/** Of files and folders: what the machine forbids, or has no room for. */
const theirs = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'])

const listenFailure = (code: string | undefined, where: string, error: Error): string => {
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is taken by another program; set another port (npm start -- --help lists the variables)`
    case 'EACCES':
      return `${where} needs rights this user does not have; ports under 1024 do`
    case 'EADDRNOTAVAIL':
      return `${where}: this machine has no such address`
    default:
      return error.message
  }
}
