/** A broker in a process of its own, for tests that kill it: `node broker-process.ts <folder>`. Reports on stdout, a JSON line each. */
import { createBroker } from './broker.ts'
import { directory } from './test-directory.ts'

const report = (line: Record<string, unknown>): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const [, , folder = ''] = process.argv
const broker = createBroker({
  folder,
  ports: { mqtt: 0 },
  deviceAuth: 'closed',
  directory,
  intake: {
    accept: ({ topic, payload }, done) => {
      report({ accepted: `${topic} ${Buffer.from(payload)}` })
      done(null)
    },
    quarantine: (_message, _reason, done) => done(null),
  },
  log: (_level, event, fields) => report({ event, ...fields }),
  limits: { orphanedWillDelayS: 1 },
})
await broker.start()
report({ port: broker.addresses().mqtt })
