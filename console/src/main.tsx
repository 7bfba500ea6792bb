import { createRoot } from 'react-dom/client'
import { createApiClient } from './api/client.ts'
import { App } from './app.tsx'
import 'maplibre-gl/dist/maplibre-gl.css'
import 'uplot/dist/uPlot.min.css'
import './styles/tokens.css'
import './styles/layout.css'
import './styles/parts.css'
import './styles/panels.css'
import './styles/light.css'
import './styles/map.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App client={createApiClient()} />)
