import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { readThumborPath, type ThumborOptions, type ThumborRequest, trimOf } from './thumbor-path.ts'
import { meaningOf, printThumborPath } from './thumbor-print.ts'

function readRight(target: string, options = {}): ThumborRequest {
  const request = readThumborPath(target, options)
  if (request instanceof Failure) throw request
  return request
}

/** Segments that may stand, slot by slot. */
const slots = [
  ['debug'],
  ['meta'],
  ['trim', 'trim:top-left', 'trim:bottom-right:9', 'trim:50', 'trim:top-left:007'],
  ['1x2:3x4', '0x0:0x0', '0010x0:99999999999999999999x5'],
  ['fit-in', 'full-fit-in', 'adaptive-fit-in', 'adaptive-full-fit-in'],
  ['300x200', '-300x', 'x-200', 'origx-orig', 'x', '-x-'],
  ['left', 'center', 'right'],
  ['top', 'middle', 'bottom'],
  ['smart'],
  ['filters:blur(2):fill(red)', 'filters:watermark(x%281%29/y.png,0,0,0)'],
] as const
const image = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.constantFrom(
    ...slots.flat(),
    'smart/',
    '300x200/smart/a.jpg',
    'filters:a()/b',
    'trim',
    '/',
    '//a',
    'a?b#c',
    '%41',
    '100%',
    'unsafe/a',
    'a+b c',
  ),
)
const path = fc.tuple(fc.tuple(...slots.map((words) => fc.option(fc.constantFrom(...words)))), image)
const write = ([segments, name]: readonly [readonly (string | null)[], string]): string =>
  [...segments.filter((segment) => segment !== null), encodeURIComponent(name)].join('/')

describe('segments', () => {
  it('are all said when they stand in their order', () => {
    expect(
      readRight('/unsafe/debug/meta/trim:50/1x2:3x4/adaptive-full-fit-in/-5xorig/right/bottom/smart/filters:blur(2)/a%2Fb.jpg?x=/y'),
    ).toEqual({
      unsafe: true,
      hash: null,
      wireHash: null,
      signed: 'debug/meta/trim:50/1x2:3x4/adaptive-full-fit-in/-5xorig/right/bottom/smart/filters:blur(2)/a%2Fb.jpg',
      debug: true,
      meta: true,
      trim: { text: 'trim:50', pos: '50', tolerance: 0 },
      crop: { left: 1, top: 2, right: 3, bottom: 4 },
      adaptive: true,
      full: true,
      fitIn: true,
      width: 5,
      height: 'orig',
      horizontalFlip: true,
      verticalFlip: false,
      halign: 'right',
      valign: 'bottom',
      smart: true,
      filters: 'blur(2)',
      image: 'a/b.jpg',
    })
  })

  it('count in their order alone: what comes after a later one is the image', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: slots.length - 2 }),
        fc.integer({ min: 1, max: slots.length - 1 }),
        fc.nat(),
        fc.nat(),
        (early, late, a, b) => {
          fc.pre(early < late)
          const pick = (slot: number, n: number): string => slots[slot]?.[n % (slots[slot]?.length ?? 1)] ?? ''
          const [first, second] = [pick(early, a), pick(late, b)]
          expect(readRight(`/unsafe/${first}/${second}/i.jpg`).image).toBe('i.jpg')
          expect(readRight(`/unsafe/${second}/${first}/i.jpg`).image).toBe(`${decodeURIComponent(first)}/i.jpg`)
        },
      ),
    )
  })

  it('have numbers of any length, and stay exact', () => {
    const digits = '9'.repeat(4000)
    expect(readRight(`/unsafe/${digits}x${digits}/a`).width).toBe(Number.MAX_SAFE_INTEGER)
    expect(trimOf(readRight(`/unsafe/trim:${digits}/a`))?.tolerance).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe('a trim means', () => {
  it.each([
    ['trim', 'top-left', 0],
    ['trim:50', 'top-left', 50],
    ['trim:007', 'top-left', 7],
    ['trim:top-left:9', 'top-left', 9],
    ['trim:bottom-right', 'bottom-right', 0],
    ['trim:bottom-right:442', 'bottom-right', 442],
  ])('%s: from %s, %d', (text, from, tolerance) => expect(trimOf(readRight(`/unsafe/${text}/a.jpg`))).toEqual({ from, tolerance }))

  it('nothing when there is none', () => expect(trimOf(readRight('/unsafe/trim::50/a.jpg'))).toBeUndefined())
})

describe('what is no request', () => {
  it.each([
    ['/cat.jpg', 'hash-missing', 'cat.jpg'],
    ['/', 'hash-missing', ''],
    ['/abc/', 'hash-missing', 'abc/'],
    ['/unsafe', 'key-missing', 'unsafe'],
    ['/unsafe/', 'key-missing', 'unsafe'],
    ['', 'url-malformed', undefined],
    ['?a', 'url-malformed', undefined],
    ['/unsafe/é.jpg', 'url-malformed', 'é'],
    ['/unsafe/a b.jpg', 'url-malformed', ' '],
    ['/unsafe/a\nb.jpg', 'url-malformed', '?'],
    ['/unsafe/a%FF.jpg', 'url-malformed', 'a%FF.jpg'],
    ['/unsafe/filters:fill(%FF)/a.jpg', 'url-malformed', 'fill(%FF)'],
    ['/%FF/a.jpg', 'url-malformed', '%FF'],
  ])('%j: %s, %s', (target, code, word) => {
    const failure = readThumborPath(target)
    expect(failure).toBeInstanceOf(Failure)
    const { code: got, status, detail } = failure as Failure
    expect([got, status, detail.parameter]).toEqual([code, 400, word])
  })
})

describe('paths that were encoded on the way', () => {
  it.each([
    ['/unsafe/filters:blur%282%29/a.jpg', '/unsafe/filters:blur(2)/a.jpg'],
    ['/unsafe/filters%3Ablur(2)/a%20b.jpg', '/unsafe/filters:blur(2)/a%20b.jpg'],
    ['/unsafe/10x20%3a30x40/%66it-in/5%785/a.jpg', '/unsafe/10x20:30x40/fit-in/5x5/a.jpg'],
    [
      '/unsafe/filters%3Awatermark%28http%3A%2F%2Fh%2Fw.png%2C0%2C0%2C0%29/a.jpg',
      '/unsafe/filters:watermark(http%3A%2F%2Fh%2Fw.png,0,0,0)/a.jpg',
    ],
  ])('%s is %s when asked so, and only then', (encoded, plain) => {
    expect(meaningOf(readRight(encoded, { decodedPaths: true }))).toBe(meaningOf(readRight(plain)))
    expect(meaningOf(readRight(encoded))).not.toBe(meaningOf(readRight(plain)))
  })

  it('mean what they meant where nothing was', () => {
    for (const target of ['/unsafe/filters:watermark(x%281%29/y.png,0,0,0)/a%28.jpg', '/unsafe/300x200/smart/caf%C3%A9%2Fa.jpg']) {
      expect(readRight(target, { decodedPaths: true })).toEqual(readRight(target))
    }
  })
})

describe('whatever comes', () => {
  const targets = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('/', '%', '%28', ')/', '):', 'filters:', 'unsafe', '1', 'x', ':', '-', 'trim', 'orig', 'é', '\n', '?', 'a'))
      .map((all) => all.join('')),
  )

  it('is read or refused, never thrown', () => {
    fc.assert(
      fc.property(targets, fc.boolean(), (target, decodedPaths) => {
        const read = readThumborPath(target, { decodedPaths })
        if (read instanceof Failure) expect(read.status).toBe(400)
        else expect([read.image === '', read.unsafe]).toEqual([false, read.hash === null])
      }),
      { numRuns: 2000 },
    )
  })

  it('is printed so that it reads the same', () => {
    fc.assert(
      fc.property(path, (said) => {
        const request = readRight(`/unsafe/${write(said)}`)
        const printed = printThumborPath(request)
        expect(printed).not.toBeInstanceOf(Failure)
        const { signed, ...again } = readRight(`/unsafe/${printed}`)
        expect({ ...again, signed: request.signed }).toEqual(request)
        expect([signed, printThumborPath(again as ThumborOptions)]).toEqual([printed, printed])
      }),
      { numRuns: 2000 },
    )
  })

  it('is not printed when no path says it', () => {
    const request = readRight('/unsafe/a.jpg')
    for (const wrong of [{ image: '' }, { filters: 'blur(2' }, { filters: ')' }, { image: '\ud800' }, { width: -1 }, { width: 0.5 }]) {
      expect(printThumborPath({ ...request, ...wrong })).toMatchObject({ code: 'parameter-invalid' })
    }
  })

  // A reader that tries again from every place takes minutes for these; one that does not, thousandths of a second.
  it.each([
    '1',
    '1x',
    'x',
    '-',
    '/',
    '//a',
    ')/',
    'filters:(',
    'filters:a)',
    '%',
    '%2',
    '%28',
    '%C3%A9',
    'trim:',
    '9x9:',
    'orig',
    'smart/',
    ' ',
  ])('takes a moment for eight thousand characters of %j', (piece) => {
    const began = performance.now()
    for (const begin of ['/', '/unsafe/', '/unsafe/filters:', '/unsafe/trim:']) {
      for (const decodedPaths of [false, true]) readThumborPath(begin + piece.repeat(8192 / piece.length), { decodedPaths })
    }
    expect(performance.now() - began).toBeLessThan(500)
  })
})
