import { parseArgs } from 'node:util'
import { BackupError, makeBackup, readBackup, restoreBackup } from './backup.ts'

const help = `A copy of the data folder: readings, register, citizen line, photos.

npm run backup -- make    --data FOLDER --to BACKUP     also while the platform runs
npm run backup -- verify  BACKUP                        is everything there, and as it was copied?
npm run backup -- restore BACKUP --data FOLDER          into a folder that is empty; start the platform afterwards

--data FOLDER  the platform's folder (default FANARI_DATA)

A backup holds personal data and the hashes of passwords: keep it as safe as the platform. Exit status: 0 done, 1 refused, 2 wrong usage.
`

class UsageError extends Error {}

const given = (value: string | undefined, what: string): string => {
  if (value === undefined || value === '') throw new UsageError(`${what} is missing`)
  return value
}

const parse = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        data: { type: 'string', default: process.env.FANARI_DATA ?? '' },
        to: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const run = async (): Promise<string> => {
  const { values, positionals } = parse()
  if (values.help) return help
  const [command, folder] = positionals
  switch (command) {
    case 'make': {
      const to = given(values.to, '--to')
      const { files } = await makeBackup(given(values.data, '--data'), to, Date.now())
      return `${to}: ${files.length} files, ${files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes\n`
    }
    case 'verify': {
      const { madeAt, files } = await readBackup(given(folder, 'BACKUP'))
      return `${folder}: whole; made ${madeAt}, ${files.length} files\n`
    }
    case 'restore': {
      const { madeAt, files } = await restoreBackup(given(folder, 'BACKUP'), given(values.data, '--data'))
      return `${values.data}: ${files.length} files as of ${madeAt}\n`
    }
    default:
      throw new UsageError(command === undefined ? 'a command is needed' : `there is no command ${command}`)
  }
}

run().then(
  (text) => process.stdout.write(text),
  (error: unknown) => {
    const wrongUsage = error instanceof UsageError
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`backup: ${message}\n${wrongUsage ? `\n${help}` : ''}`)
    if (!wrongUsage && !(error instanceof BackupError) && error instanceof Error)
      process.stderr.write(`${error.stack}\n`)
    process.exitCode = wrongUsage ? 2 : 1
  },
)
