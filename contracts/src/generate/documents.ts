import type { z } from 'zod'
import { assetSchemas, importAnswerSchema, maintenanceBodySchema, municipalityBodySchema } from '../assets.ts'
import { catalogueSchema } from '../catalogue.ts'
import { citizenEventSchema } from '../citizen-events.ts'
import { citizenLineSettingsSchema } from '../citizen-line-settings.ts'
import { commandResultSchema, deviceCommandSchema, deviceEventSchema, deviceStatusSchema } from '../device-messages.ts'
import { forecastSchema } from '../forecast.ts'
import { incidentSchema } from '../incidents.ts'
import { communityLightSchema, communityStatusSchema, luminaireStatusSchema } from '../lights.ts'
import { problemSchema } from '../problems.ts'
import { quarantineItemSchema } from '../quarantine.ts'
import { readingSchema, receivedReadingSchema, telemetrySchema } from '../readings.ts'
import { listedReportSchema, reportAnswerSchema, reportSchema, trackingSchema } from '../reports.ts'
import { ticketActionSchema, ticketSchema } from '../tickets.ts'

/** What crosses a boundary as JSON: a payload of MQTT, or a body of HTTP. */
interface PublishedDocument {
  title: string
  schema: z.ZodType
}

/** Every published document; the key names its file. */
export const documents = {
  'asset-cabinet': { title: 'Cabinet, a GeoJSON feature', schema: assetSchemas.cabinet },
  'asset-community': { title: 'Community, a GeoJSON feature', schema: assetSchemas.community },
  'asset-gateway': { title: 'Gateway, a GeoJSON feature', schema: assetSchemas.gateway },
  'asset-luminaire': { title: 'Luminaire, a GeoJSON feature', schema: assetSchemas.luminaire },
  'asset-program': { title: 'Lighting program, a GeoJSON feature without geometry', schema: assetSchemas.program },
  'asset-sensor': { title: 'Sensor, a GeoJSON feature', schema: assetSchemas.sensor },
  catalogue: { title: 'Catalogue of faults, reasons, resolutions, categories and services', schema: catalogueSchema },
  'citizen-event': { title: 'An event of the citizen line, without personal data', schema: citizenEventSchema },
  'citizen-line-settings': { title: "How a municipality's citizen line works", schema: citizenLineSettingsSchema },
  'community-light': { title: 'The light of a community', schema: communityLightSchema },
  'community-status': { title: 'A community with the state of its light', schema: communityStatusSchema },
  'device-command': { title: 'What the platform asks of a device', schema: deviceCommandSchema },
  'device-event': { title: 'Something that happened at a device', schema: deviceEventSchema },
  'device-result': { title: 'What became of a command', schema: commandResultSchema },
  'device-status': { title: "A device's birth, will or announced sleep", schema: deviceStatusSchema },
  forecast: { title: 'Forecast of the nights of a solar light', schema: forecastSchema },
  'import-answer': { title: 'What an asset import did', schema: importAnswerSchema },
  incident: { title: 'Incident', schema: incidentSchema },
  'luminaire-status': { title: 'The state of a light', schema: luminaireStatusSchema },
  maintenance: { title: 'Maintenance of a luminaire, cabinet or circuit', schema: maintenanceBodySchema },
  municipality: { title: 'A municipality as it is put', schema: municipalityBodySchema },
  problem: { title: 'Problem (RFC 9457)', schema: problemSchema },
  'quarantine-item': { title: 'A message or reading that was set aside', schema: quarantineItemSchema },
  reading: { title: 'Reading', schema: readingSchema },
  'received-reading': { title: 'A reading as received', schema: receivedReadingSchema },
  report: { title: 'Report of a citizen or operator', schema: reportSchema },
  'report-answer': { title: 'Answer to a report', schema: reportAnswerSchema },
  'report-record': { title: 'Report as staff see it, without who reported', schema: listedReportSchema },
  telemetry: { title: 'One reading, or up to 500 buffered ones', schema: telemetrySchema },
  ticket: { title: 'Ticket, without personal data', schema: ticketSchema },
  'ticket-action': { title: 'What an operator or technician does with a ticket', schema: ticketActionSchema },
  tracking: { title: 'What a tracking code tells anyone', schema: trackingSchema },
} as const satisfies Record<string, PublishedDocument>

export type DocumentName = keyof typeof documents
