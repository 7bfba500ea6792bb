export { register as default } from '../src/nodes/platform-nodes.ts'
