import { expect, test } from 'vitest'
import { type Impression, type Suspicion, suspicionsOf } from './suspicions.ts'

const citizen: Impression = {
  description: 'Δεν ανάβει το φως έξω από το σχολείο, από χθες το βράδυ',
  trap: '',
  filledInMs: 40_000,
  alike: 0,
}

test.each<[string, Partial<Impression>, Suspicion[]]>([
  ['a citizen', {}, []],
  ['a citizen whose client says no time', { filledInMs: null }, []],
  ['a citizen with few words', { description: 'δεν ανάβει', alike: 40 }, []],
  ['a citizen with a page that shows it', { description: 'δείτε https://photos.example/1' }, []],
  ['a caller who says nothing', { description: '' }, []],
  ['a trap that was filled', { trap: 'http://spam.example' }, ['trapFilled']],
  ['spaces in the trap', { trap: '  ' }, []],
  ['a form sent at once', { filledInMs: 300 }, ['tooFast']],
  ['many pages', { description: 'https://a.example and www.b.example' }, ['links']],
  ['markup', { description: 'cheap <a href="//x">watches</a> [url=x]y[/url]' }, ['markup']],
  ['the same words over and over', { alike: 3 }, ['repeatedText']],
  [
    'a machine',
    { trap: 'x', filledInMs: 0, description: 'http://a http://b <A HREF=x>', alike: 9 },
    ['trapFilled', 'tooFast', 'links', 'markup', 'repeatedText'],
  ],
])('%s', (_name, more, expected) => {
  expect(suspicionsOf({ ...citizen, ...more })).toEqual(expected)
})
