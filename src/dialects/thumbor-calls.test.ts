import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCalls } from './thumbor-calls.ts'
import { argTypes, defaultFilters, phases, type ThumborFilter, thumborFilters } from './thumbor-filter-table.ts'

const args = (text: string): unknown => readCalls(text).calls[0]?.args

describe('arguments', () => {
  it.each([
    ['blur( 7 , .5 )', [7, 0.5]],
    ['watermark(w.png,30,10,50,none,-15)', ['w.png', '30', '10', 50, 'none', '-15']],
    ["watermark('a,b',0,0,0)", ['a,b', '0', '0', 0]],
    ["watermark('a',0,0,0,'b',0,0,0)", ["a',0,0,0,'b", '0', '0', 0]],
    ["watermark( it's ,0,0,0)", ["it's", '0', '0', 0]],
    ["watermark('a,0,0,0)", ["'a", '0', '0', 0]],
    ['focal( a b  )', ['a b']],
    ["focal('a','b')x", ["a','b"]],
    ['focal( )', [' ']],
    ['focal())', [')']],
    ['fill(rød)', ['rød']],
    ['curve([(0,0),],[],[],[(1,2)(3,4)])', ['[(0,0),]', '[]', '[]', '[(1,2)(3,4)]']],
    ['convolution(1.;-2.5,1)', ['1.;-2.5', 1]],
    ['grayscale()junk', []],
    [`quality(${'9'.repeat(400)})`, [Number.MAX_SAFE_INTEGER]],
    [`brightness(-${'9'.repeat(400)})`, [-Number.MAX_SAFE_INTEGER]],
    [`saturation(-${'9'.repeat(400)})`, [-1e15]],
    ['brightness(-0)', [0]],
  ])('%s', (text, expected) => expect(args(text)).toEqual(expected))

  it.each([
    'blur',
    'blur(',
    'blur(1',
    'blur(1,',
    'blur(,1)',
    'blur(1;2)',
    'focal()',
    'focal(a,b)',
    'convolution(.5,1)',
    'curve([ ],[],[],[])',
    'toString()',
    '__proto__()',
    '(',
    '',
  ])('are wrong in %s', (text) => expect(readCalls(text)).toEqual({ calls: [], dropped: text === '' ? [] : [text] }))
})

describe('filters', () => {
  it('are the thirty of Thumbor, and some that must be enabled', () => {
    expect(defaultFilters.size).toBe(30)
    expect(readCalls('autojpg():red_eye()').calls).toEqual([])
    const all = new Set(Object.keys(thumborFilters))
    expect(readCalls('autojpg():red_eye():autojpg(0)', all).calls.map((call) => [call.name, call.args])).toEqual([
      ['autojpg', []],
      ['red_eye', []],
      ['autojpg', [false]],
    ])
    expect(readCalls('blur(2)', new Set(['quality']))).toEqual({ calls: [], dropped: ['blur(2)'] })
  })

  it('run by phase, then as they stand', () => {
    const { calls } = readCalls('blur(1):no_upscale():stretch():quality(2):focal(1x2:3x4):blur(3)')
    expect(calls.map(({ name }) => name)).toEqual(['stretch', 'focal', 'no_upscale', 'blur', 'quality', 'blur'])
    expect(calls.map(({ phase }) => phases.indexOf(phase))).toEqual([0, 0, 1, 2, 2, 2])
  })

  it('that are left out are named as they were written', () => {
    expect(readCalls('nosuch(1):blur(0):quality(80):BLUR(2)x').dropped).toEqual(['nosuch(1)', 'blur(0)', 'BLUR(2)x'])
  })

  it('are bounded, those that run and those that are named', () => {
    const many = readCalls(Array(200).fill('blur(150)').join(':'))
    expect([many.calls.length, many.dropped.length, many.dropped.at(-1)]).toEqual([64, 11, '126 more'])
    const long = readCalls(`${'x'.repeat(8000)}()`)
    expect(long.dropped).toEqual([`${'x'.repeat(59)}…`])
  })
})

describe('whatever comes', () => {
  const pieces = fc.array(
    fc.constantFrom(
      ...Object.keys(thumborFilters),
      '(',
      ')',
      '):',
      ',',
      "'",
      ' ',
      '1',
      '-',
      'p',
      'none',
      'a',
      '[(1,2)]',
      ';',
      '|',
      'é',
      '\n',
      '.',
    ),
  )

  it('is read, never thrown, and every call keeps to the table', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((all) => all.join('')),
        ),
        (text) => {
          const { calls, dropped } = readCalls(text)
          expect(calls.length + dropped.length > 0).toBe(text !== '')
          for (const call of calls) {
            const { args: types, optional = 0, phase }: ThumborFilter = thumborFilters[call.name]
            expect(call.phase).toBe(phase)
            expect(call.args.length).toBeLessThanOrEqual(types.length)
            expect(call.args.length).toBeGreaterThanOrEqual(types.length - optional)
            call.args.forEach((arg, index) => {
              expect(typeof arg).toBe(typeof argTypes[types[index] ?? 'word'].value('1'))
            })
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('is found again when it is written out', () => {
    const samples = { positive: '7', nonZero: '7', number: '-7', decimal: '.5', boolean: 'true', word: 'red', string: "'a,b'" }
    const special = { curve: '[(0,0),(255,255)]', kernel: '1;-2.5', radii: '20|40', place: '-10p', ratio: 'none' }
    const words: Record<string, string> = { ...samples, ...special }
    for (const [name, { args: types, optional = 0 }] of Object.entries<ThumborFilter>(thumborFilters)) {
      for (let count = types.length - optional; count <= types.length; count++) {
        const text = `${name}(${types
          .slice(0, count)
          .map((type) => words[type])
          .join(' , ')})`
        const { calls, dropped } = readCalls(text, new Set([name]))
        expect([text, dropped, calls[0]?.args]).toEqual([
          text,
          [],
          types.slice(0, count).map((type) => argTypes[type].value(words[type] ?? '')),
        ])
      }
      expect(readCalls(`${name}(${[...types.map((type) => words[type]), '1'].join()})`, new Set([name])).calls).toEqual([])
    }
  })

  it.each([' ', "'", "',", "', ", '1', '0', '(', ')', '):', "' )", '1;', '[(', '(1,2),', '-', '.', 'a(', ' ,', 'a'])(
    'takes a moment for eight thousand characters of %j',
    (piece) => {
      const began = performance.now()
      for (const name of [
        'watermark(',
        "watermark('",
        'watermark( ',
        'colorize(1,1,1,',
        "colorize(1,1,1,'",
        "focal('",
        'focal(',
        'curve([',
        'convolution(1;',
        'blur(',
        '',
      ]) {
        readCalls(name + piece.repeat(8192 / piece.length))
      }
      expect(performance.now() - began).toBeLessThan(500)
    },
  )
})
