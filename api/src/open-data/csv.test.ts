import { describe, expect, test } from 'vitest'
import { csvRecord } from './csv.ts'

describe('a record of CSV', () => {
  test.each([
    { what: 'ends with CR and LF', cells: ['a', 'b'], expected: 'a,b\r\n' },
    { what: 'writes what is not there as nothing', cells: ['a', null, 'c'], expected: 'a,,c\r\n' },
    { what: 'writes numbers as they are, below zero too', cells: [-5.603, 0, 41.58], expected: '-5.603,0,41.58\r\n' },
    { what: 'quotes commas', cells: ['Βύσσα, Έβρος'], expected: '"Βύσσα, Έβρος"\r\n' },
    { what: 'doubles quotation marks', cells: ['το «"φως"»'], expected: '"το «""φως""»"\r\n' },
    { what: 'quotes line ends', cells: ['a\nb', 'c\r\nd'], expected: '"a\nb","c\r\nd"\r\n' },
    {
      what: 'keeps = from being a formula',
      cells: ['=HYPERLINK("http://x")'],
      expected: `"'=HYPERLINK(""http://x"")"\r\n`,
    },
    { what: 'keeps + from being a formula', cells: ['+30 25520'], expected: "'+30 25520\r\n" },
    { what: 'keeps - from being a formula', cells: ['-2+3'], expected: "'-2+3\r\n" },
    { what: 'keeps @ from being a formula', cells: ['@SUM(A1)'], expected: "'@SUM(A1)\r\n" },
    { what: 'sees through blanks', cells: ['  =1+1', '\t=1'], expected: "'  =1+1,'\t=1\r\n" },
    { what: 'sees full-width signs', cells: ['＝1+1'], expected: "'＝1+1\r\n" },
    { what: 'leaves signs within a text alone', cells: ['a=b', 'α-β', 'x@y'], expected: 'a=b,α-β,x@y\r\n' },
  ])('$what', ({ cells, expected }) => {
    expect(csvRecord(cells)).toBe(expected)
  })
})
