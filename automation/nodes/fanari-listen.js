export { register as default } from '../src/nodes/listen-nodes.ts'
