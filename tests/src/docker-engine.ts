import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from './eventually.ts'

/** A command that ran. @throws Error with what it wrote when it fails */
export type Run = (command: string, args: readonly string[], more?: { env?: Record<string, string> }) => Promise<string>

/** A Docker engine of the test's own: its images, containers and sockets lie in one folder. */
export interface DockerEngine {
  /** Runs `docker`, `docker-compose` or another program against it. */
  run: Run
  /** Imports a file system that was made by `debianBase`. */
  importBase(rootfs: string, name: string): Promise<void>
  dispose(): Promise<void>
}

const found = (command: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, command)),
  )

/** Why no engine can be started here, from what is installed; null when one can be tried. */
export const whyNoDocker = (): string | null => {
  if (process.platform !== 'linux') return 'containers of Linux need Linux'
  if (userInfo().uid !== 0) return 'a Docker engine and debootstrap need root'
  const missing = ['dockerd', 'docker', 'docker-compose', 'debootstrap', 'tar'].filter((command) => !found(command))
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`
}

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, DOCKER_BUILDKIT: '0' }

const runWith =
  (fixed: Record<string, string>): Run =>
  async (command, args, { env = {} } = {}) => {
    try {
      const options = { env: { ...environment, ...fixed, ...env }, maxBuffer: 64 << 20 }
      return (await promisify(execFile)(command, [...args], options)).stdout
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`${command} ${args.join(' ')}\n${stdout.slice(-4_000)}\n${stderr.slice(-4_000)}`, {
        cause: error,
      })
    }
  }

/** Starts an engine; rejects with the end of its log where the kernel or the surroundings do not let it. */
export const startDocker = async (): Promise<DockerEngine> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-docker-'))
  const socket = `unix://${folder}/docker.sock`
  const log: string[] = []
  const paths = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`]
  const child = spawn('dockerd', [...paths, '--host', socket], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.push(text)
    if (log.length > 50) log.shift()
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const run = runWith({ DOCKER_HOST: socket })
  const dispose = async (): Promise<void> => {
    // It would wait for its containers, and they for a grace of a minute each.
    const containers = await run('docker', ['ps', '--all', '--quiet']).catch(() => '')
    for (const id of containers.split('\n').filter(Boolean)) await run('docker', ['rm', '--force', id]).catch(() => '')
    child.kill('SIGTERM')
    const impatient = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await exited
    clearTimeout(impatient)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const ended = exited.then(() => Promise.reject(new Error('it ended')))
    ended.catch(() => {})
    await Promise.race([eventually(() => run('docker', ['info']), 30), ended])
  } catch (error) {
    await dispose()
    throw new Error(`dockerd does not start here: ${log.join('').trim().split('\n').at(-1)}`, { cause: error })
  }
  return {
    run,
    importBase: async (rootfs, name) => {
      const file = join(folder, 'base.tar')
      await run('tar', ['-C', rootfs, '-cf', file, '.'])
      const changes =
        process.env.NODE_EXTRA_CA_CERTS === undefined ? [] : ['--change', `ENV NODE_EXTRA_CA_CERTS=${certificates}`]
      await run('docker', ['import', ...changes, file, name])
      rmSync(file)
    },
    dispose,
  }
}

const certificates = '/etc/ssl/certs/ca-certificates.crt'

/**
 * A Debian with Node, npm and InfluxDB 1.6.7 in a folder: what stands in for images of a registry that is not asked. Node and npm are
 * this machine's own.
 */
export const debianBase = async (rootfs: string): Promise<void> => {
  const run = runWith({})
  await run('debootstrap', ['--variant=minbase', '--include=ca-certificates,influxdb', 'bookworm', rootfs])
  cpSync(process.execPath, join(rootfs, 'usr/local/bin/node'), { dereference: true })
  const modules = (await run('npm', ['root', '--global'])).trim()
  cpSync(join(modules, 'npm'), join(rootfs, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(rootfs, 'usr/local/bin/npm'))
  const own = process.env.NODE_EXTRA_CA_CERTS
  if (own !== undefined) cpSync(own, join(rootfs, certificates), { dereference: true })
}
