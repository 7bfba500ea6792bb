import { existsSync } from 'node:fs'
import { createAutomation } from './automation.ts'
import { describeVariables, readSettings, SettingsError } from './settings.ts'

const help = `Fanari's automation: Node-RED, which tells staff what happens and does what the weather asks for.

npm run automation                       beside a running platform

Environment variables, also from a file .env in the working folder; NAME_FILE names a file that holds the value of NAME:
${describeVariables()}
`

const run = async (): Promise<void> => {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const settings = readSettings(process.env)
  const automation = createAutomation(settings, process.env)
  const log = (event: string, fields = {}) =>
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level: 'info', event, ...fields })}\n`)

  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    log('stopping', { signal })
    await automation.stop()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  const { port, password } = await automation.start()
  log('ready', { editor: settings.FANARI_AUTOMATION_EDITOR, port })
  if (password !== null)
    log('editor', {
      user: settings.FANARI_AUTOMATION_EDITOR_USER,
      password,
      note: 'made for this run; FANARI_AUTOMATION_EDITOR_PASSWORD sets your own',
    })
}

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help)
else
  run().catch((error: unknown) => {
    const isTheirs = error instanceof SettingsError
    const message = error instanceof Error ? (isTheirs ? error.message : (error.stack ?? error.message)) : String(error)
    process.stderr.write(`fanari automation: ${message}\n`)
    process.exit(isTheirs ? 2 : 1)
  })
