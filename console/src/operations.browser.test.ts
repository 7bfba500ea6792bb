import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createScriptedPlatform,
  operatorToken,
  type ScriptedPlatform,
  type ScriptedTown,
} from './testing/scripted-platform.ts'
import { createSmallTown, lampFailure, lampTicket, rollCall, setLight, startMs } from './testing/small-town.ts'

const executablePath = process.env.FANARI_TEST_CHROMIUM ?? '/usr/bin/chromium'
const consoleFolder = fileURLToPath(new URL('..', import.meta.url))
// Without motion the map draws only when it must, which a machine without a graphics card is grateful for.
const still = { reducedMotion: 'reduce' } as const
const wide = { ...still, viewport: { width: 1280, height: 760 } }
const phone = { ...still, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

// SwiftShader draws WebGL where there is no graphics card.
const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync --enable-unsafe-swiftshader --use-angle=swiftshader'

describe.skipIf(!existsSync(executablePath))('the operations page in Chromium', () => {
  let browser: Browser
  let platform: ScriptedPlatform
  let town: ScriptedTown
  let origin: string
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['src/build.ts', '--if-stale'], { cwd: consoleFolder })
    browser = await chromium.launch({ executablePath, args: flags.split(' ') })
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    town = createSmallTown()
    platform = createScriptedPlatform({ pages: `${consoleFolder}dist`, town })
    origin = await platform.start()
  })
  afterEach(async () => {
    await page?.context().close()
    await platform.stop()
  })

  /** Opens the page and notes what it complains of and whatever it asks of another host. */
  const open = async (options: BrowserContextOptions = wide, address = '') => {
    const context = await browser.newContext(options)
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    complaints = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url())
      if (protocol !== 'blob:' && hostname !== '127.0.0.1') complaints.push(`asked ${request.url()}`)
    })
    await page.goto(`${origin}/${address}`)
    await page.locator('.connection[data-state="live"]').waitFor()
    return page
  }

  const mapDrawn = () => page.locator('.map-canvas[data-far="false"] canvas').waitFor()
  const totalOf = (state: string) => page.locator(`.total-${state} .total-count`)
  const hasText = (selector: string, text: string) => page.locator(selector, { hasText: text }).first().waitFor()

  test('shows the town live: totals, clock, community and map, from this origin alone', async () => {
    await open()
    await mapDrawn()
    expect(await totalOf('lit').textContent()).toBe('5')
    expect(await totalOf('dark').textContent()).toBe('0')
    expect(await page.locator('.clock-time').textContent()).toMatch(/^21:3\d:\d\d$/)
    await hasText('.sky', 'Νύχτα')
    await hasText('.community', 'Θούριον')
    await hasText('.empty', 'Κανένα ανοιχτό συμβάν')
    expect(complaints).toEqual([])
  })

  test('follows a light into the dark and back: incident, ticket, and their end', async () => {
    await open()
    await mapDrawn()
    platform.send('lights', [{ id: 'L-3', state: 'dark', reason: 'noPowerWhenExpectedOn' }])
    platform.send('incident', lampFailure)
    platform.send('ticket', lampTicket)
    await hasText('.card', 'Φωτιστικό L-3 · Θούριον')
    await hasText('[aria-live]', 'Νέο συμβάν: Βλάβη λαμπτήρα')
    expect(await totalOf('dark').textContent()).toBe('1')
    expect(await page.locator('.pin').count()).toBe(1)

    await page.getByRole('button', { name: 'Αίτημα: ανοιχτό' }).click()
    await hasText('.card-ticket[data-selected="true"]', lampTicket.title)

    const at = new Date(startMs + 1_000).toISOString()
    platform.send('lights', [{ id: 'L-3', state: 'lit', reason: 'poweredAsExpected' }])
    platform.send('incident', {
      ...lampFailure,
      state: 'resolved',
      resolvedAt: at,
      resolution: 'litAgain',
      revision: 2,
    })
    platform.send('ticket', { ...lampTicket, status: 'closed', closedAt: at, revision: 2 })
    await hasText('.card-ticket[data-ended="true"]', 'Έκλεισε')
    await page.getByRole('button', { name: /^Συμβάντα/ }).click()
    await hasText('.card[data-ended="true"]', 'έληξε 21:30')
    expect(await page.locator('.pin').count()).toBe(0)
    expect(await totalOf('dark').textContent()).toBe('0')
    expect(complaints).toEqual([])
  })

  test('opens a light that is clicked on the map, with a chart of its readings', async () => {
    await open()
    await mapDrawn()
    const [left, right] = await Promise.all(
      ['.panel-start', '.panel-end'].map((panel) => page.locator(panel).boundingBox()),
    )
    const map = await page.locator('.map-canvas').boundingBox()
    if (!left || !right || !map) throw new Error('the page is not laid out')
    const middle = { x: (left.x + left.width + right.x) / 2, y: map.y + map.height / 2 }
    await page.mouse.click(middle.x, middle.y)
    await hasText('.light-panel h2', 'L-3')
    await page.getByRole('img', { name: /^Ενεργός ισχύς: ελάχιστο 58 W, μέγιστο 58 W, τώρα 58 W/ }).waitFor()
    await page.locator('.chart canvas').waitFor()
    await hasText('.facts', '231,5 V')
    await page.getByText('Σ3', { exact: true }).waitFor()
    expect(new URL(page.url()).hash).toBe('#light=L-3')
    expect(complaints).toEqual([])
  })

  test('says why: of a light, of an incident with its evidence, in the language of the page', async () => {
    town.incidents = [lampFailure]
    await open(wide, '#light=L-1')
    await hasText('.light-panel .explanation', 'Κατά το πρόγραμμά του πρέπει να ανάβει έως τις 06:50.')
    await page.getByRole('button', { name: 'Πίσω' }).click()
    const why = page.locator('.card').getByRole('button', { name: 'Γιατί;' })
    expect(await why.getAttribute('aria-expanded')).toBe('false')
    await why.click()
    await hasText('.incident-why', 'Λήγει με 2 μετρήσεις που δείχνουν φως.')
    await hasText('.evidence', '21:20 · μέτρηση · L-3')
    await hasText('.evidence', '0 W, αναμένονταν 60 W στο 100 %')
    await page.getByRole('button', { name: 'En', exact: true }).click()
    await hasText('.incident-why', 'It ends with 2 readings that show light.')
    await hasText('.evidence', 'reading · L-3')
    await hasText('.evidence', '0 W of 60 W expected at 100 %')
    expect(complaints).toEqual([])
  })

  test('shows the roll-call of the night, and the next one when it is called', async () => {
    town.rollCalls = [rollCall('switchOn+10m', ['L-3'])]
    await open()
    const summary = page.locator('.roll-call summary')
    await summary.filter({ hasText: 'Προσκλητήριο, νύχτα 22 Νοε' }).waitFor()
    expect(await page.locator('.roll-call-totals').textContent()).toMatch(/4[\s\S]*1[\s\S]*0/)
    await summary.click()
    await page.locator('.roll-call tbody tr[data-dark="true"]', { hasText: 'Θούριον' }).waitFor()
    platform.send('rollCall', { ...rollCall('switchOn+30m', []), plannedAt: new Date(startMs).toISOString() })
    await page.locator('.roll-call tbody tr[data-dark="false"]', { hasText: 'Θούριον' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('leads to a light by keyboard alone, without the map', async () => {
    await open()
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('ευριπιδου')
    await hasText('.light-row', 'L-1')
    for (let presses = 0; presses < 4; presses++) {
      await page.keyboard.press('Tab')
      if ((await page.locator('.light-row:focus').count()) > 0) break
    }
    await page.keyboard.press('Enter')
    await hasText('.light-panel h2:focus', 'L-1')
    expect(complaints).toEqual([])
  })

  test('lets a signed-in operator take a ticket, and refuses a wrong token', async () => {
    town.tickets = [lampTicket]
    await open()
    await page.getByRole('button', { name: /^Αιτήματα/ }).click()
    expect(await page.getByRole('button', { name: 'Ανάληψη' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Σύνδεση' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Κλειδί πρόσβασης').fill('wrong')
    await dialog.getByRole('button', { name: 'Σύνδεση' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'Το κλειδί δεν ισχύει.' }).waitFor()
    await dialog.getByLabel('Κλειδί πρόσβασης').fill(operatorToken)
    await dialog.getByRole('button', { name: 'Σύνδεση' }).click()
    await hasText('.session', 'Ελένη · χειριστής')
    await page.getByRole('button', { name: 'Ανάληψη' }).click()
    await expect.poll(() => platform.posted).toEqual([{ ticket: 't-1', body: { event: 'assigned' } }])
    platform.send('ticket', { ...lampTicket, status: 'assigned', revision: 2 })
    await page.getByRole('button', { name: 'Έναρξη' }).waitFor()
  })

  test('says how old its picture is while the platform is away, and catches up when it is back', async () => {
    await open()
    const { port } = new URL(origin)
    await platform.stop()
    await hasText('.stale-banner', 'Χάθηκε η σύνδεση')
    expect(await totalOf('lit').textContent()).toBe('5')
    setLight(town, 'L-3', 'dark')
    town.incidents = [lampFailure]
    platform = createScriptedPlatform({ pages: `${consoleFolder}dist`, town, port: Number(port) })
    await platform.start()
    await hasText('.card', 'Βλάβη λαμπτήρα')
    await page.locator('.stale-banner').waitFor({ state: 'detached' })
    expect(await totalOf('dark').textContent()).toBe('1')
  })

  test('fits a phone: a tab for each list, a light below the map, nothing to scroll sideways', async () => {
    town.incidents = [lampFailure]
    await open(phone)
    await hasText('.card', 'Βλάβη λαμπτήρα')
    await page.getByRole('button', { name: /^Κοινότητες/ }).tap()
    await page.locator('.community-button').tap()
    await page.getByRole('searchbox').fill('L-2')
    await page.locator('.light-row').tap()
    await hasText('.light-panel h2', 'L-2')
    await page.locator('.chart canvas').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    expect(complaints).toEqual([])
  })

  test('speaks English when asked, and remembers it', async () => {
    town.incidents = [lampFailure]
    await open(wide, '#light=L-1')
    await hasText('.light-state', 'Αναμμένο')
    expect(await page.locator('html').getAttribute('lang')).toBe('el')
    await page.getByRole('button', { name: 'En', exact: true }).click()
    await hasText('.light-state', 'Lit: power is as expected')
    await page.getByRole('button', { name: 'Back' }).click()
    await hasText('.card', 'Lamp failure')
    await page.reload()
    await hasText('.card', 'Lamp failure')
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(complaints).toEqual([])
  })

  test('works without WebGL: a notice in the map’s place, and the lists', async () => {
    const context = await browser.newContext(wide)
    await context.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null
    })
    page = await context.newPage()
    await page.goto(origin)
    await hasText('.map-notice', 'WebGL 2')
    await hasText('.community', 'Θούριον')
  })
})
