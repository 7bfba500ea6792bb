import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { hash } from 'bcryptjs'
import nodeRed from 'node-red'
import { readAccess } from './access.ts'
import { type Settings, variables } from './settings.ts'
import { prepareUserFolder } from './user-folder.ts'

export interface Automation {
  /** Opens the door once all flows run. Answers its port, and the editor's password when this start made one. */
  start(): Promise<{ port: number; password: string | null }>
  stop(): Promise<void>
}

/** Rounds of bcrypt: a quarter of a second a try. */
const bcryptRounds = 11
/** A function node that takes longer is ended [s]. */
const functionTimeoutS = 10

const nothingHere: RequestListener = (_request, response) => void response.writeHead(404).end()

/** Node-RED with our nodes and flows, and settings that leave no door open. One a process: Node-RED is a singleton. */
export const createAutomation = (settings: Settings, environment: NodeJS.ProcessEnv): Automation => {
  const {
    FANARI_AUTOMATION_HOST: host,
    FANARI_AUTOMATION_EDITOR: editor,
    FANARI_AUTOMATION_EDITOR_USER: user,
  } = settings
  const folder = resolve(settings.FANARI_AUTOMATION_DATA)
  let server: Server | null = null

  const start: Automation['start'] = async () => {
    const access = readAccess(settings)
    // Flows read them as ${NAME}; one that is not set would stay there as it is written.
    for (const name of Object.keys(variables) as (keyof Settings)[]) environment[name] = settings[name]
    environment.FANARI_AUTOMATION_SMTP_AUTH = settings.FANARI_AUTOMATION_SMTP_USER === '' ? 'NONE' : 'BASIC'
    // To the mail node every text is true, but the empty one.
    environment.FANARI_AUTOMATION_SMTP_SECURE = settings.FANARI_AUTOMATION_SMTP_TLS === 'true' ? 'true' : ''
    for (const name of ['EDITOR_PASSWORD', 'CREDENTIAL_SECRET']) delete environment[`FANARI_AUTOMATION_${name}`]
    prepareUserFolder(folder)

    server = createServer()
    // Its types lag behind what the release reads.
    const nodeRedSettings: Record<string, unknown> = {
      userDir: folder,
      flowFile: 'flows.json',
      flowFilePretty: true,
      credentialSecret: access.credentialSecret,
      nodesDir: resolve(import.meta.dirname, '../nodes'),
      httpAdminRoot: editor === 'on' ? '/' : false,
      // No flow of ours answers HTTP; whoever adds one must first think of who may ask it.
      httpNodeRoot: false,
      disableEditor: editor === 'off',
      adminAuth: {
        type: 'credentials',
        users: [{ username: user, password: await hash(access.password, bcryptRounds), permissions: '*' }],
      },
      externalModules: {
        autoInstall: false,
        palette: { allowInstall: false, allowUpload: false },
        modules: { allowInstall: false },
      },
      functionExternalModules: false,
      functionTimeout: functionTimeoutS,
      telemetry: { enabled: false, updateNotification: false },
      contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 1 } } },
      diagnostics: { enabled: false, ui: false },
      runtimeState: { enabled: false, ui: false },
      editorTheme: {
        page: { title: 'Fanari' },
        header: { title: 'Fanari' },
        tours: false,
        projects: { enabled: false },
      },
      logging: { console: { level: 'info', metrics: false, audit: false } },
    }
    nodeRed.init(server, nodeRedSettings as unknown as Parameters<typeof nodeRed.init>[1])
    server.on('request', editor === 'on' ? (nodeRed.httpAdmin as RequestListener) : nothingHere)
    const flowsStarted = new Promise((started) => nodeRed.events.once('flows:started', started))
    await nodeRed.start()
    await flowsStarted
    const own = server
    await new Promise<void>((listening, failed) => {
      own.once('error', failed).listen(Number(settings.FANARI_AUTOMATION_PORT), host, listening)
    })
    return { port: (own.address() as AddressInfo).port, password: access.made ? access.password : null }
  }

  return {
    start,
    stop: async () => {
      if (server === null) return
      const own = server
      server = null
      own.closeAllConnections()
      await new Promise((closed) => own.close(closed))
      await nodeRed.stop()
    },
  }
}
