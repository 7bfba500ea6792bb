import { describe, expect, it } from 'vitest'
import { readAddress, writeAddress } from './address.ts'

describe('the address of the page', () => {
  it.each([
    ['', { municipality: null, light: null, ticket: null }],
    ['#light=L-1', { municipality: null, light: 'L-1', ticket: null }],
    ['#municipality=orestiada&ticket=t-1', { municipality: 'orestiada', light: null, ticket: 't-1' }],
    ['#light=', { municipality: null, light: null, ticket: null }],
    ['#unheard=of', { municipality: null, light: null, ticket: null }],
    ['#light=%CE%B1', { municipality: null, light: 'α', ticket: null }],
  ])('%s is read', (hash, expected) => expect(readAddress(hash)).toEqual(expected))

  it.each([
    [{}, ''],
    [{ light: null }, ''],
    [{ light: 'L-1' }, '#light=L-1'],
    [{ municipality: 'orestiada', ticket: 't 1' }, '#municipality=orestiada&ticket=t%201'],
  ])('%j is written', (address, expected) => expect(writeAddress(address)).toBe(expected))
})
