import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

const names = ['w', 'h', 'width', 'height', 'quality', 'q', 'mark-w', 'mark-h', 'gray']

describe('nearest', () => {
  it.each([
    ['wdith', 'width'], // neighbours swapped
    ['qualty', 'quality'], // one left out
    ['heightt', 'height'], // one too many
    ['grey', 'gray'], // one replaced
    ['WIDTH', 'width'],
    ['W', 'w'],
    ['mark-v', 'mark-w'], // the first of equals
    ['ww', 'w'],
    ['t', undefined], // nothing in common
    ['', undefined],
    ['zoom', undefined],
    ['completely-different', undefined],
  ])('%j is like %j', (word, like) => expect(nearest(word, names)).toBe(like))

  it('finds every name itself, and knows none in an empty list', () => {
    for (const name of names) expect(nearest(name, names)).toBe(name)
    expect(nearest('w', [])).toBeUndefined()
  })

  it('answers quickly whatever the word', () => {
    const began = performance.now()
    nearest('x'.repeat(1e6), Array(500).fill('y'.repeat(60)))
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('gives one of the candidates or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (word) => {
        expect([...names, undefined]).toContain(nearest(word, names))
      }),
    )
  })
})
