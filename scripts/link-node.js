// Runs after `npm install`, under whatever Node the machine has, so plain JavaScript without dependencies.
//
// The scripts of package.json find Node 24 as `node_modules/.bin/node`. npm 11 links it there from the package of this platform;
// npm 10 does not, because the packages of the other platforms name the same command.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'

const { platform, arch, versions } = process
const packaged = `node-${platform}-${arch}/bin/node`

if (existsSync(`node_modules/${packaged}`)) {
  if (!existsSync('node_modules/.bin/node')) {
    mkdirSync('node_modules/.bin', { recursive: true })
    symlinkSync(`../${packaged}`, 'node_modules/.bin/node')
  }
} else if (
  existsSync('node_modules') &&
  !existsSync('node_modules/.bin/node') &&
  Number.parseInt(versions.node, 10) < 24
) {
  console.error(
    `Fanari runs on Node 24, npm has none for ${platform}-${arch}, and this is Node ${versions.node}: install Node 24.`,
  )
  process.exitCode = 1
}
