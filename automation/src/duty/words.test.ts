import { expect, test } from 'vitest'
import { aTicket } from '../documents.fixture.ts'
import { inWords } from './words.ts'

const ticket = aTicket()

test('a fault is told in Greek, with place, map, deadline and what is expected', () => {
  const told = inWords(
    {
      kind: 'opened',
      to: 'duty',
      severity: 'major',
      tickets: [{ ticket, severity: 'major', escalatesAt: Date.parse('2026-11-25T19:10:00Z') }],
    },
    'Europe/Athens',
  )
  expect(told).toEqual({
    subject: '[Φανάρι] Σοβαρό: Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα',
    text: `Νέα βλάβη φωτισμού.

Σοβαρό: Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα
Πού: Νέα Βύσσα, Λεωφόρος Δήμητρας
Χάρτης: https://www.openstreetmap.org/?mlat=41.5&mlon=26.53#map=18/41.5/26.53
Αφορά: 3 φωτιστικά
Από: 25/11/2026 20:40
Υπηρεσία: Συνεργείο ηλεκτροφωτισμού Δήμου
Αίτημα: t-1
Προθεσμία: 26/11/2026 20:40
Αναλάβετέ το ως τις 25/11/2026 21:10· μετά ειδοποιείται ο προϊστάμενος.`,
    short: 'Σοβαρό: Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα — Νέα Βύσσα, Λεωφόρος Δήμητρας. t-1',
  })
})

test('a text for the telephone stays within three parts, however much there is to say', () => {
  const tickets = Array.from({ length: 40 }, (_, i) => ({
    ticket: aTicket({ id: `t-${i}` }),
    severity: 'major' as const,
    escalatesAt: null,
  }))
  const told = inWords({ kind: 'escalated', to: 'supervisor', severity: 'major', tickets }, 'Europe/Athens')
  expect(told.subject).toBe('[Φανάρι] ΧΩΡΙΣ ΑΝΑΛΗΨΗ: 40 αιτήματα')
  expect(told.short).toHaveLength(201)
  expect(told.text.match(/Αίτημα: /g)).toHaveLength(40)
})
