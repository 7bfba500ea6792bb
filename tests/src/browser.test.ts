import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { communityAsset, idsOf, lampAssets } from './assets.ts'
import { eventually } from './eventually.ts'
import { createFleet, type Fleet, litPowerW } from './lamp.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'

const executablePath = process.env.FANARI_TEST_CHROMIUM ?? '/usr/bin/chromium'
const consoleFolder = fileURLToPath(new URL('../../console', import.meta.url))

// SwiftShader draws WebGL where there is no graphics card.
const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync --enable-unsafe-swiftshader --use-angle=swiftshader'
// Without motion the map draws only when it must.
const wide: BrowserContextOptions = { reducedMotion: 'reduce', viewport: { width: 1280, height: 760 } }
const phone: BrowserContextOptions = {
  reducedMotion: 'reduce',
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
}

const street = lampAssets('a', 12)

describe.skipIf(!existsSync(executablePath))('the operations page of the running platform, in Chromium', () => {
  let platform: PlatformProcess
  let fleet: Fleet
  let browser: Browser

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['src/build.ts', '--if-stale'], { cwd: consoleFolder })
    platform = await createPlatformProcess()
    await platform.start()
    const town = platform.api.town('orestiada')
    await platform.api.call('PUT', town.path, { body: { name: 'Δήμος Ορεστιάδας' } })
    await town.importAssets([communityAsset('village', 'Θούριον'), ...street])
    const { mqttUrl } = platform
    fleet = createFleet(idsOf(street), { mqttUrl, municipality: 'orestiada', reportIntervalMs: 2_000 })
    fleet.turnOn()
    await eventually(async () => expect(await town.communities()).toMatchObject([{ lit: 12 }]))
    browser = await chromium.launch({ executablePath, args: flags.split(' ') })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await fleet?.vanish()
    await platform?.dispose()
  })

  /** Opens the page, and notes what it complains of and whatever it asks of another host. */
  const open = async (options: BrowserContextOptions, address = ''): Promise<{ page: Page; complaints: string[] }> => {
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url())
      if (protocol !== 'blob:' && hostname !== '127.0.0.1') complaints.push(`asked ${request.url()}`)
    })
    await page.goto(`${platform.origin}/${address}`)
    await page.locator('.connection[data-state="live"]').waitFor()
    return { page, complaints }
  }
  const shows = (page: Page, selector: string, text: string) =>
    page.locator(selector, { hasText: text }).first().waitFor()
  const expectTotals = async (page: Page, totals: Record<string, string>): Promise<void> => {
    for (const [state, count] of Object.entries(totals)) await shows(page, `.total-${state} .total-count`, count)
  }

  test('shows the lights on the map, then a lamp that fails, its incident, its ticket, and their end', async () => {
    const { page, complaints } = await open(wide)
    await page.locator('.map-canvas[data-far="false"] canvas').waitFor()
    await shows(page, '.community', 'Θούριον')
    await expectTotals(page, { lit: '12', dark: '0' })

    const lamp = fleet.one('a-05')
    lamp.powerW = 0
    await shows(page, '.card', 'Βλάβη λαμπτήρα')
    await page.locator('.card').getByRole('button', { name: 'Γιατί;' }).click()
    await shows(page, '.incident-why', 'Λήγει με 2 μετρήσεις στη σειρά που δείχνουν φως.')
    await expectTotals(page, { lit: '11', dark: '1' })
    await page.getByRole('button', { name: /^Αιτήματα/ }).click()
    await shows(page, '.card-ticket', 'a-05')

    lamp.powerW = litPowerW
    await shows(page, '.card-ticket[data-ended="true"]', 'Έκλεισε')
    await expectTotals(page, { lit: '12', dark: '0' })
    expect(complaints).toEqual([])
  })

  test('shows a light with a chart of its readings', async () => {
    const { page, complaints } = await open(wide, '#light=a-03')
    await shows(page, '.light-panel h2', 'a-03')
    await shows(page, '.light-panel .explanation', 'Θεωρείται αναμμένο')
    await page.getByRole('img', { name: /58 W/ }).first().waitFor()
    await page.locator('.chart canvas').waitFor()
    expect(complaints).toEqual([])
  })

  test('opens a ticket that its address names', async () => {
    const lamp = fleet.one('a-07')
    lamp.powerW = 0
    onTestFinished(() => {
      lamp.powerW = litPowerW
    })
    const ticket = await eventually(async () => {
      const found = (await platform.api.town('orestiada').tickets()).find(({ title }) => title.includes('a-07'))
      if (found === undefined) throw new Error('no ticket for a-07 yet')
      return found.id
    })
    const { page, complaints } = await open(wide, `#municipality=orestiada&ticket=${ticket}`)
    await shows(page, '.card-ticket[data-selected="true"]', 'a-07')
    expect(complaints).toEqual([])
  })

  test('fits a phone, with nothing to scroll sideways', async () => {
    const { page, complaints } = await open(phone)
    await page.getByRole('button', { name: /^Κοινότητες/ }).tap()
    await shows(page, '.community', 'Θούριον')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(complaints).toEqual([])
  })

  test('goes on when the platform comes back from kill -9', async () => {
    const { page } = await open(wide)
    await platform.kill()
    await page.locator('.connection[data-state="live"]').waitFor({ state: 'detached' })
    await platform.start()
    await page.locator('.connection[data-state="live"]').waitFor()
    await expectTotals(page, { lit: '12', dark: '0' })
  })
})
