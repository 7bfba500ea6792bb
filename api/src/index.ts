/**
 * The register, the citizen line's tickets and the HTTP door.
 * @module
 */
export { roles } from './access/permissions.ts'
export type { Api, ApiOptions } from './api-options.ts'
export { createApi } from './create-api.ts'
export { prometheusType, toPrometheus } from './http/prometheus.ts'
export { createDirectoryReader, type DirectoryReader } from './register/directory-reader.ts'
