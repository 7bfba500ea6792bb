import {
  FrameGeometrySourceBuilder,
  FrameGeometrySourceMode,
  MapLayerOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  ControlsOptionsBuilder,
  PanelBuilder as GeomapBuilder,
  MapCenterID,
  MapViewConfigBuilder,
  TooltipMode,
  TooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/geomap'
import { toDashboard, toTicketPage } from './links.ts'
import { colours, faultMapping, severityMapping } from './looks.ts'
import { type Naming, steps } from './panels.ts'
import { openIncidents } from './shared-panels.ts'
import { InfluxTarget, influxdb } from './target.ts'

/** Size by lights concerned, colour by severity, and the scope's name beside it. */
const markers = new MapLayerOptionsBuilder()
  .type('markers')
  .name('Συμβάντα')
  .tooltip(true)
  .location(new FrameGeometrySourceBuilder().mode(FrameGeometrySourceMode.Coords).latitude('lat').longitude('lon'))
  .config({
    showLegend: true,
    style: {
      size: { field: 'members', fixed: 6, min: 5, max: 18 },
      color: { field: 'severity_code', fixed: colours.dark },
      opacity: 0.8,
      symbol: { mode: 'fixed', fixed: 'img/icons/marker/circle.svg' },
      text: { mode: 'field', field: 'scope', fixed: '' },
      textConfig: { fontSize: 11, offsetX: 0, offsetY: 14, textAlign: 'center', textBaseline: 'middle' },
    },
  })

/**
 * Incidents on a map. The base layer is the server's default one (`GF_GEOMAP_DEFAULT_BASELAYER_CONFIG`), which the compose file sets to
 * none: markers need no internet then.
 */
export const incidentMap = ({ title, description }: Naming): GeomapBuilder =>
  new GeomapBuilder()
    .title(title)
    .description(description)
    .datasource(influxdb)
    .withTarget(new InfluxTarget(openIncidents(false), 'table'))
    .view(new MapViewConfigBuilder().id(MapCenterID.Fit).allLayers(true).padding(15).maxZoom(15))
    .controls(new ControlsOptionsBuilder().showZoom(true).mouseWheelZoom(true).showAttribution(true).showScale(true))
    .tooltip(new TooltipOptionsBuilder().mode(TooltipMode.Details))
    .basemap(new MapLayerOptionsBuilder().type('default').name('Υπόβαθρο').config({}))
    .layers([markers])
    .thresholds(steps(colours.off, [1, colours.maintenance], [2, colours.unexpectedlyOn], [3, colours.dark]))
    .overrideByName('severity_code', [
      { id: 'displayName', value: 'Σοβαρότητα' },
      { id: 'mappings', value: severityMapping },
    ])
    .overrideByName('fault', [
      { id: 'displayName', value: 'Τι συμβαίνει' },
      { id: 'mappings', value: faultMapping },
    ])
    .overrideByName('scope', [{ id: 'displayName', value: 'Πού' }])
    .overrideByName('members', [{ id: 'displayName', value: 'Φωτιστικά' }])
    .overrideByName('community', [
      { id: 'displayName', value: 'Κοινότητα' },
      { id: 'links', value: [toDashboard('community')] },
    ])
    .overrideByName('ticket', [
      { id: 'displayName', value: 'Αίτημα' },
      { id: 'links', value: [toTicketPage()] },
    ])
