export { register as default } from '../src/nodes/staff-nodes.ts'
