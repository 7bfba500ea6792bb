import { describe, expect, test } from 'vitest'
import { evidenceInGreek, evidenceWords } from './evidence-words.ts'

describe('a fact of the detector in Greek', () => {
  test.each([
    ['last heard; 6 reports missed in a row', 'ακούστηκε τελευταία φορά· αναφορές που λείπουν στη σειρά: 6'],
    [
      '0.4 W of 130.3 W expected at 100 %, supply 226.2 V, level 0 %, raised controlGearFailure, lampFailure, the energy counter agrees',
      '0,4 W, αναμένονταν 130,3 W στο 100 %, τάση 226,2 V, στάθμη 0 %, η συσκευή αναφέρει «Βλάβη τροφοδοτικού», «Βλάβη λαμπτήρα», συμφωνεί και ο μετρητής ενέργειας',
    ],
    [
      '16 W of 30 W expected at 50 %, load lowVoltageDisconnect, battery 11.6 V',
      '16 W, αναμένονταν 30 W στο 50 %, φορτίο κομμένο λόγω χαμηλής τάσης, μπαταρία 11,6 V',
    ],
    [
      'probability 91 %: 20 Wh left, 83 Wh needed until dawn, charge 8 %',
      'πιθανότητα 91 %: απομένουν 20 Wh, χρειάζονται 83 Wh ως την αυγή, φόρτιση 8 %',
    ],
    ['L1 190.6 V, L2 225.3 V, L3 228.1 V; at least 207 V', 'L1 190,6 V, L2 225,3 V, L3 228,1 V· κατώτατο όριο 207 V'],
    ['leans 20.8° after an impact, unlit', 'κλίση 20,8° μετά από πρόσκρουση, δεν ανάβει'],
    ['cabinets k-1, k-2', 'πίλαρ k-1, k-2'],
    ['', ''],
  ])('%s', (en, el) => {
    expect(evidenceInGreek(en)).toBe(el)
  })

  test('another version may have said what we do not know: it stays as it was told', () => {
    expect(evidenceInGreek('the moon was full, supply 230 V')).toBeNull()
    expect(evidenceWords('the moon was full')).toEqual({ el: 'the moon was full', en: 'the moon was full' })
  })

  test('hostile text costs no time and is no pattern', () => {
    expect(evidenceInGreek(`${'1 W, '.repeat(80)}(a+)+$`)).toBeNull()
  })
})
