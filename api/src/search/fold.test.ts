import { describe, expect, test } from 'vitest'
import { fold, soundOf, soundsOf, stemOf, wordsOf } from './fold.ts'

describe('folding', () => {
  test.each([
    ['Ορεστιάς', 'ορεστιασ'],
    ['ΟΡΕΣΤΙΑΣ', 'ορεστιασ'],
    ['Ὀρεστιάς', 'ορεστιασ'],
    ['ᾨδεῖον', 'ωδειον'],
    ['Μαΐου', 'μαιου'],
    ['ΜΑΪΟΥ', 'μαιου'],
    ['Café', 'cafe'],
  ])('%s is %s', (text, key) => expect(fold(text)).toBe(key))

  test.each([
    ['Οδός Αγίου Γεωργίου 12', ['αγ', 'γεωργιου', '12']],
    ['Αγ. Γεωργίου', ['αγ', 'γεωργιου']],
    ['Λεωφ. Κωνσταντινουπόλεως', ['κωνσταντινουπολεωσ']],
    ['οδός', ['οδοσ']],
    ['L-12/Β', ['l', '12', 'β']],
    ['… !', []],
  ])('the words of «%s» are %j', (text, words) => expect(wordsOf(text)).toEqual(words))
})

/** Whether a query word finds a text by folding or by sound, as the index does. */
const finds = (query: string, text: string): boolean => {
  const folded = wordsOf(text).join(' ')
  const sound = soundOf(folded)
  return wordsOf(query).every(
    (word) => folded.includes(stemOf(word)) || soundsOf(word).some((reading) => sound.includes(reading)),
  )
}

describe('a query finds', () => {
  test.each([
    ['ορεστιας', 'Ορεστιάδα'],
    ['ORESTIADA', 'Ορεστιάδα'],
    ['orestias', 'Ὀρεστιάς'],
    ['Ὀρεστιάς', 'Δημοτική Κοινότητα Ορεστιάδος'],
    ['Ορεστιάδας', 'Ορεστιάδα'],
    ['Βύσσας', 'Νέα Βύσσα'],
    ['Νέας Βύσσας', 'Νέα Βύσσα'],
    ['neas vyssas', 'Νέα Βύσσα'],
    ['Νέου Χειμωνίου', 'Νέο Χειμώνιο'],
    ['agiou dhmhtriou', 'Αγίου Δημητρίου'],
    ['agioy dimitrioy', 'Αγ. Δημητρίου'],
    ['ayia triada', 'Αγία Τριάδα'],
    ['Βύσσης', 'Νέα Βύσσα'],
    ['nea byssa', 'Νέα Βύσσα'],
    ['nea vissa', 'Νέα Βύσσα'],
    ['Θούριον', 'Θούριο'],
    ['thourio', 'Θούριο'],
    ['8ourio', 'Θούριο'],
    ['Μαρούσι', 'Αμαρούσιον'],
    ['Evangelistria', 'Ευαγγελίστρια'],
    ['Euaggelistria', 'Ευαγγελίστρια'],
    ['Nafplio', 'Ναύπλιο'],
    ['Mpotsari', 'Μπότσαρη'],
    ['Botsari', 'Μπότσαρη'],
    ['xanthippou', 'Ξανθίππου'],
    ['ksanthipou', 'Ξανθίππου'],
    ['psychiko', 'Ψυχικό'],
    ['chandras', 'Χανδράς'],
    ['xandras', 'Χανδράς'],
    ['kammenos lampthras', 'καμμένος λαμπτήρας'],
    ['kamenos lamptiras', 'καμμένος λαμπτήρας'],
    ['lampes', 'λάμπες'],
    ['dikaia', 'Δίκαια'],
    ['25is Martiou', '25ης Μαρτίου'],
    ['αγιου γεωργιου', 'Αγ. Γεωργίου'],
  ])('%s in «%s»', (query, text) => expect(finds(query, text)).toBe(true))

  test.each([
    ['Κυπρίνος', 'Ορεστιάδα'],
    ['marasia', 'Μηλέα'],
    ['12', 'Θεσσαλονίκης 7'],
  ])('%s not in «%s»', (query, text) => expect(finds(query, text)).toBe(false))

  test('and a hostile word has few readings', () => {
    expect(soundsOf('huhuhuhuhuhuhuhuhuhuhuhuhu').length).toBeLessThanOrEqual(16)
  })
})
