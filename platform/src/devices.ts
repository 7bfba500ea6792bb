import { parseArgs } from 'node:util'
import { idSchema } from '@fanari/contracts'

const help = `Credentials of devices, at a running platform.

npm run devices -- list   --municipality ID
npm run devices -- add    --municipality ID --device ID    registers a device that no asset names, and prints its password
npm run devices -- rotate --municipality ID --device ID    gives a device a new password; the old one ends at once

  --url URL      the platform (default http://127.0.0.1:8080)
  --token TOKEN  an administrator's token (default FANARI_ADMIN_TOKEN)

A password is shown once: only its hash is kept. Exit status: 0 done, 1 refused, 2 wrong usage.
`

class UsageError extends Error {}

type Request = { method: 'GET' | 'POST'; path: string; body?: unknown }

const requestOf = (command: string | undefined, municipality: string, device: string | undefined): Request => {
  const devices = `/api/v1/municipalities/${municipality}/devices`
  switch (command) {
    case 'list':
      return { method: 'GET', path: `${devices}?limit=10000` }
    case 'add':
      return { method: 'POST', path: devices, body: { device: needed('device', device) } }
    case 'rotate':
      return { method: 'POST', path: `${devices}/${needed('device', device)}/credentials` }
    default:
      throw new UsageError(command === undefined ? 'a command is needed' : `there is no command ${command}`)
  }
}

const needed = (name: string, value: string | undefined): string => {
  const id = idSchema.safeParse(value)
  if (!id.success) throw new UsageError(`--${name} ${value === undefined ? 'is needed' : id.error.issues[0]?.message}`)
  return id.data
}

const run = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      municipality: { type: 'string' },
      device: { type: 'string' },
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      token: { type: 'string', default: process.env.FANARI_ADMIN_TOKEN ?? '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const request = requestOf(positionals[0], needed('municipality', values.municipality), values.device)
  const response = await fetch(new URL(request.path, values.url), {
    method: request.method,
    headers: {
      ...(values.token === '' ? {} : { authorization: `Bearer ${values.token}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  })
  const answer: unknown = await response.json()
  const output = response.ok ? process.stdout : process.stderr
  output.write(`${JSON.stringify(answer, null, 2)}\n`)
  return response.ok ? 0 : 1
}

run().then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    const wrongUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error)
    process.stderr.write(
      `devices: ${error instanceof Error ? error.message : String(error)}${wrongUsage ? `\n\n${help}` : '\n'}`,
    )
    process.exitCode = wrongUsage ? 2 : 1
  },
)
