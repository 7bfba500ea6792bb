export { register as default } from '../src/nodes/act-nodes.ts'
