import { readFileSync } from 'node:fs'
import { officialCodesSchema } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { collection, community, incidentChange, luminaire } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
  const body = collection(
    community('orestias', 'Ορεστιάς'),
    community('vyssa', 'Νέα Βύσσα'),
    luminaire('L-1', { street: 'Οδός Κωνσταντινουπόλεως', pole: 'Κ7-2' }),
    luminaire('L-2', { street: 'Οδός Κωνσταντινουπόλεως' }),
    luminaire('L-3', { street: 'Αγίου Γεωργίου' }),
  )
  expect((await t.call('PUT', `${base}/assets`, { body })).status).toBe(200)
})
afterEach(() => t.close())

const find = async (where: 'places' | 'search', q: string, more = ''): Promise<string[]> => {
  const { status, body, text } = await t.call('GET', `${base}/${where}?q=${encodeURIComponent(q)}${more}`)
  expect(status, text).toBe(200)
  return (body as { items: { kind: string; id: string }[] }).items.map(({ kind, id }) => `${kind} ${id}`)
}

describe('places', () => {
  test.each([
    ['ορεστιας', 'community orestias'],
    ['ORESTIADA', 'community orestias'],
    ['Ὀρεστιάς', 'community orestias'],
    ['orestiados', 'community orestias'],
    ['nea vissa', 'community vyssa'],
    ['konstantinoupoleos', 'street Οδός Κωνσταντινουπόλεως'],
    ['Αγ. Γεωργίου', 'street Αγίου Γεωργίου'],
    ['Κ7-2', 'luminaire L-1'],
    ['L-3', 'luminaire L-3'],
    ['kammenos lampthras', 'category street-light-out'],
    ['λαμπτήρας αναβοσβήνει', 'category street-light-flickering'],
    ['λακκούβα', 'category pothole'],
  ])('%s: first of all %s', async (q, first) => expect((await find('places', q))[0]).toBe(first))

  test('only of the kinds asked for', async () => {
    expect(await find('places', 'κωνσταντινουπόλεως', '&kinds=luminaire')).toEqual(['luminaire L-1', 'luminaire L-2'])
    expect(await find('places', 'κωνσταντινουπόλεως', '&kinds=luminaire&limit=1')).toHaveLength(1)
  })

  test('as they are now: a street that is renamed is found by its new name alone', async () => {
    await find('places', 'γεωργίου')
    await t.call('PUT', `${base}/assets`, { body: collection(luminaire('L-3', { street: 'Ευριπίδου' })) })
    expect(await find('places', 'Γεωργίου', '&kinds=street,luminaire')).toEqual([])
    expect(await find('places', 'eyripidoy', '&kinds=street')).toEqual(['street Ευριπίδου'])
  })

  test.each(['"', "' OR 1=1 --", 'folded : x', '*', 'NEAR(', '% _', '😀', 'α'.repeat(100)])(
    '%s harms nothing',
    async (q) => expect(await find('places', q)).toEqual([]),
  )

  test.each(['q=', 'q=x&kinds=ticket', 'q=x&limit=1000', `q=${'x'.repeat(101)}`])('%s is refused', async (query) =>
    expect((await t.call('GET', `${base}/places?${query}`)).status).toBe(400),
  )

  test('of nowhere are not found', async () => {
    expect((await t.call('GET', '/api/v1/municipalities/nowhere/places?q=x')).status).toBe(404)
  })
})

describe('search', () => {
  test('finds tickets, for staff alone', async () => {
    await t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1' })])
    const [ticket] = ((await t.call('GET', `${base}/tickets`)).body as { items: { id: string }[] }).items
    expect(await find('search', 'kamenh lampa', '&kinds=ticket')).toEqual([`ticket ${ticket?.id}`])
    expect((await t.call('GET', `${base}/search?q=x`, { token: null })).status).toBe(401)
  })

  test('is there after a restart, and after what happened before it', async () => {
    await t.restart()
    expect(await find('search', 'Βύσσας')).toContain('community vyssa')
  })
})

describe('aliases', () => {
  test('of the municipality find what bears another of the names', async () => {
    const body = { groups: [['Αγίου Γεωργίου', 'Παλιό Γεφύρι']] }
    expect((await t.call('PUT', `${base}/place-aliases`, { body })).status).toBe(200)
    expect(await find('places', 'palio gefyri')).toContain('street Αγίου Γεωργίου')
    expect((await t.call('GET', `${base}/place-aliases`, { token: null })).body).toEqual(body)
  })

  test.each([{ groups: [['μόνο ένα']] }, { groups: 'x' }, {}])('%j is refused', async (body) =>
    expect((await t.call('PUT', `${base}/place-aliases`, { body })).status).toBe(400),
  )
})

describe('official codes', () => {
  test("Orestiada's are shipped: 4 units, 30 communities, and the two numberings differ", async () => {
    const file = new URL('../../data/official-codes-orestiada.json', import.meta.url)
    const body = officialCodesSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    expect((await t.call('PUT', `${base}/official-codes`, { body })).status).toBe(200)
    const { items } = (await t.call('GET', `${base}/official-codes`, { token: null })).body as typeof body
    expect(items.filter(({ level }) => level === 'unit')).toHaveLength(4)
    expect(items.filter(({ level }) => level === 'community')).toHaveLength(30)
    expect(items.find(({ name }) => name === 'Κυπρίνος')).toMatchObject({ ypes: '90080203', elstat: '11103030301' })
  })

  test('of a registered community find it', async () => {
    const code = {
      level: 'community',
      name: 'Νέας Βύσσης',
      community: 'vyssa',
      ypes: '90080101',
      elstat: '11103030201',
    }
    expect((await t.call('PUT', `${base}/official-codes`, { body: { items: [code] } })).status).toBe(200)
    expect(await find('places', '90080101')).toEqual(['community vyssa'])
  })

  test.each([
    [{ level: 'community', name: 'Βύσσα', ypes: '9008' }, 400],
    [{ level: 'unit', name: 'Βύσσα', elstat: '9008' }, 400],
    [{ level: 'community', name: 'Βύσσα' }, 400],
    [{ level: 'community', name: 'Βύσσα', ypes: '90080101', community: 'nowhere' }, 400],
    [{ level: 'unit', name: 'Βύσσα', ypes: '900801', community: 'vyssa' }, 400],
  ])('%j is refused', async (code, status) =>
    expect((await t.call('PUT', `${base}/official-codes`, { body: { items: [code] } })).status).toBe(status),
  )
})
