import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { colour, opaqueColour, printColour, readColour } from './colour.ts'
import { clip, type Field, Problem, readField } from './field.ts'
import { boolean, choice, custom, folder, integer, list, number, printNumber, sixDecimals, text } from './fields.ts'

const doc = 'A field.'
const yes = boolean({ doc })
const word = choice(['cover', 'contain', 'pad'], { doc, others: { 'scale-down': 'contain' } })
const whole = integer({ doc, unit: 'px', min: -5, max: 8192 })
const real = number({ doc, min: 0, max: 5 })
const words = text({ doc, max: 5 })
const token = text({ doc, pattern: /^[a-z]+$/, expected: 'small letters' })
const many = list(whole, { doc, max: 3 })
const paint = colour({ doc })
const solid = opaqueColour({ doc })
const even = custom<number>({ doc, expected: 'an even digit', read: (t) => (/^[02468]$/.test(t) ? Number(t) : undefined), print: String })

/** Field, text, value, canonical text. */
const right: [string, Field<unknown>, string, unknown, string][] = [
  ...['1', 'true', 'YES', 'On', ''].map((t): (typeof right)[number] => ['boolean', yes, t, true, '1']),
  ...['0', 'false', 'no', 'OFF'].map((t): (typeof right)[number] => ['boolean', yes, t, false, '0']),
  ['choice', word, 'COVER', 'cover', 'cover'],
  ['choice', word, 'Scale-Down', 'contain', 'contain'],
  ['integer', whole, '300', 300, '300'],
  ['integer', whole, '0300', 300, '300'],
  ['integer', whole, '-5', -5, '-5'],
  ['integer', whole, '-0', 0, '0'],
  ['integer', whole, '8192', 8192, '8192'],
  ['number', real, '1.50', 1.5, '1.5'],
  ['number', real, '.5', 0.5, '0.5'],
  ['number', real, '-0.0', 0, '0'],
  ['number', real, '0.123456789', 0.123457, '0.123457'],
  ['number', real, '5.0000001', 5, '5'],
  ['text', words, 'a b,c', 'a b,c', 'a b,c'],
  ['text', words, '👍👍👍👍👍', '👍👍👍👍👍', '👍👍👍👍👍'],
  ['text', token, 'abc', 'abc', 'abc'],
  ['folder', folder({ doc }), './photos', './photos', './photos'],
  ['list', many, '1, 2 ,3', [1, 2, 3], '1,2,3'],
  ['list', many, ' ', [], ''],
  ['colour', paint, 'F00', { r: 255, g: 0, b: 0, alpha: 1 }, 'ff0000'],
  ['colour', paint, '#ff000080', { r: 255, g: 0, b: 0, alpha: 128 / 255 }, 'ff000080'],
  ['colour', paint, 'f008', { r: 255, g: 0, b: 0, alpha: 136 / 255 }, 'ff000088'],
  ['colour', paint, 'RebeccaPurple', { r: 102, g: 51, b: 153, alpha: 1 }, '663399'],
  ['colour', paint, 'transparent', { r: 0, g: 0, b: 0, alpha: 0 }, '00000000'],
  ['opaque colour', solid, 'ff0000ff', { r: 255, g: 0, b: 0, alpha: 1 }, 'ff0000'],
  ['custom', even, '4', 4, '4'],
]

/** Field, and texts that are none of its values. */
const wrong: [string, Field<unknown>, string[]][] = [
  ['boolean', yes, ['2', 'y', 'oui', ' 1', 'constructor', '__proto__', 'toString', 'valueOf']],
  ['choice', word, ['', 'covers all', 'constructor', ' cover']],
  [
    'integer',
    whole,
    [
      '',
      ' 3',
      '3 ',
      '+3',
      '3.0',
      '3.',
      '1e3',
      '0x10',
      '٣',
      '３',
      'NaN',
      'Infinity',
      '-',
      '--1',
      '8193',
      '-6',
      '1_0',
      '1,0',
      '9'.repeat(40),
    ],
  ],
  ['number', real, ['', '.', '1.', '1e0', '+1', '1,5', 'NaN', '5.1', '-0.1', '1.2.3', '０', '0.1234567891']],
  ['text', words, ['', 'abcdef', '👍👍👍👍👍👍']],
  ['text', token, ['aB', 'a b', '']],
  ['list', many, ['1,2,3,4', '1,,2', '1,x', ',']],
  ['colour', paint, ['', 'ff', 'fffff', 'ggg', '##fff', 'rgb(1,2,3)', 'reddish', 'constructor', '#', 'f f', 'fffffffff']],
  ['opaque colour', solid, ['ff000080', 'transparent', '0000']],
  ['custom', even, ['3', '']],
]

describe('fields', () => {
  it.each(right)('%s reads and prints %#', (_, field, given, value, printed) => {
    expect(field.read(given)).toEqual(value)
    expect(field.print(value)).toBe(printed)
    expect(field.read(field.print(value))).toEqual(value)
    expect(Object.is(field.read(given), -0)).toBe(false)
  })

  it.each(wrong.flatMap(([kind, field, texts]) => texts.map((t): [string, string, Field<unknown>] => [kind, t, field])))(
    '%s refuses %j',
    (_, given, field) => expect(field.read(given)).toBeInstanceOf(Problem),
  )

  it('never throw, and read what they print', () => {
    for (const field of [...new Set([...right, ...wrong].map(([, field]) => field))]) {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.double().map(String), fc.integer().map(String)), (given) => {
          const value = field.read(given)
          if (!(value instanceof Problem)) expect(field.read(field.print(value))).toEqual(value)
        }),
      )
    }
  })

  it('keep what describes them', () => {
    const field = integer({ doc: 'Width.', unit: 'px', aliases: ['width'], min: 1, max: 9, fallback: 3, secret: true })
    expect(field).toMatchObject({ doc: 'Width.', unit: 'px', aliases: ['width'], min: 1, max: 9, fallback: 3, secret: true })
    expect(field.expected).toBe('a whole number 1 to 9 px')
    expect(word).toMatchObject({ expected: 'one of cover, contain, pad', choices: ['cover', 'contain', 'pad'] })
    expect(choice(['only'], { doc }).expected).toBe('"only"')
    expect(token.expected).toBe('small letters')
  })
})

describe('readField', () => {
  it('names the word, what was expected, what came, and the nearest', () => {
    const failure = readField(word, 'fit', 'covr')
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({
      code: 'parameter-invalid',
      message: 'fit: expected one of cover, contain, pad, got "covr". Did you mean "cover"?',
      detail: { parameter: 'fit', expected: 'one of cover, contain, pad', nearest: 'cover' },
    })
  })

  it('gives the value, or the failure of a setting', () => {
    expect(readField(whole, 'w', '3')).toBe(3)
    expect(readField(whole, 'limit.frames', 'x', 'setting-invalid')).toMatchObject({
      code: 'setting-invalid',
      detail: { parameter: 'limit.frames' },
    })
  })

  it('never repeats a secret', () => {
    const key = text({ doc, min: 20, secret: true })
    expect((readField(key, 'keys', 'hunter2') as Failure).message).not.toContain('hunter2')
  })

  it('shows no control characters, and no long texts whole', () => {
    expect(clip('a\u0000b\nc\u009bd\u2028e')).toBe('a?b?c?d?e')
    expect(clip('x'.repeat(80))).toBe('x'.repeat(80))
    expect(clip('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`)
    expect((readField(whole, 'w', `${'9'.repeat(500)}\u001b[31m`) as Failure).message.length).toBeLessThan(200)
  })
})

describe('numbers as text', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [-1e-9, '0'],
    [300, '300'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.333333'],
    [1e15, '1000000000000000'],
    [253_402_300_799, '253402300799'],
    [-2.5, '-2.5'],
  ])('%d is %s', (value, printed) => {
    expect(printNumber(value)).toBe(printed)
    expect(Object.is(sixDecimals(value), -0)).toBe(false)
  })
})

describe('colours', () => {
  it('read back from their eight digits', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(byte, byte, byte, byte, (r, g, b, a) => {
        const value = { r, g, b, alpha: a / 255 }
        expect(readColour(printColour(value))).toEqual(value)
      }),
    )
  })
})
