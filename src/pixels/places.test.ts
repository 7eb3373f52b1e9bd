import { describe, expect, test } from 'vitest'
import { isDear, Places } from './places.ts'

/** Places of which these are taken, d dear and p plain, whether they were free or not. */
function taken(count: number, spare: number, who: string): Places {
  const places = new Places(count, spare)
  for (const each of who) places.take(each === 'd')
  return places
}

test('a job is dear when any of its originals is an SVG', () => {
  const [svg, photo] = [Buffer.from('<svg/>'), Buffer.from([0xff, 0xd8, 0xff, 0xe0])]
  expect([isDear([svg]), isDear([photo, svg]), isDear([photo]), isDear([])]).toEqual([true, true, false, false])
})

describe('places', () => {
  test.each([
    // count, spare, taken: is there one for dear work, and for plain?
    [2, 1, '', true, true],
    [2, 1, 'd', true, true],
    [2, 1, 'p', true, true],
    [2, 1, 'pp', false, false],
    [2, 1, 'pd', false, false],
    [2, 1, 'dd', false, true],
    [2, 1, 'ddp', false, false],
    [2, 2, 'ddp', false, true],
    [2, 2, 'ddpp', false, false],
    [2, 0, 'dd', false, false],
    [1, 1, 'd', false, true],
    [1, 1, 'p', false, false],
    [1, 1, 'dp', false, false],
    [1, 1, 'ppp', false, false],
  ])('of %i and %i spare, with "%s" taken', (count, spare, who, dear, plain) => {
    const places = taken(count, spare, who)
    expect([places.free(true), places.free(false)]).toEqual([dear, plain])
    expect(places.taken).toBe(who.length)
  })

  test('what is left is free again, for who may have it', () => {
    const places = taken(2, 1, 'ddp')
    places.leave(true)
    // One dear and one plain piece fill the two places.
    expect([places.taken, places.free(true), places.free(false)]).toEqual([2, false, false])
    places.leave(false)
    expect([places.taken, places.free(true), places.free(false)]).toEqual([1, true, true])
  })
})
