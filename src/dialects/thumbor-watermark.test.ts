import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { printRecipe, readRecipe, recipe } from '../recipe/recipe.ts'
import { type FilterArgs, watermarkStep } from './thumbor-watermark.ts'

function text(...args: FilterArgs): string | undefined {
  const made = watermarkStep(['w.png', ...args], 'w')
  return made instanceof Failure ? made.code : made && printRecipe(recipe([made]))
}

describe('a watermark', () => {
  it.each<[FilterArgs, string]>([
    [['10', '20', 0], 'overlay(key=w,across=10,down=20)|'],
    [['-10', '-0', 50], 'overlay(key=w,across=-10,down=-0,fade=50)|'],
    [['center', 'repeat', 0], 'overlay(key=w,across=center,down=repeat)|'],
    [['10p', '-20p', 0], 'overlay(key=w,across=10%25,down=-20%25)|'],
    [['0p', '-0p', 0], 'overlay(key=w,across=0,down=-0)|'],
    [['57p', '1000p', 0], 'overlay(key=w,across=57%25,down=1000000)|'],
    [['99999999999', '0', 0], 'overlay(key=w,across=1000000,down=0)|'],
    [['0', '0', 0, '20'], 'overlay(key=w,width=20%25,rounding=half-even,across=0,down=0)|'],
    [['0', '0', 0, 'none', '15'], 'overlay(key=w,height=15%25,rounding=half-even,across=0,down=0)|'],
    [['0', '0', 0, '30', '150'], 'overlay(key=w,width=30%25,height=150%25,fit=contain,rounding=half-even,across=0,down=0)|'],
    [['0', '0', 0, '0', '-0'], 'overlay(key=w,across=0,down=0)|'],
    [['0', '0', 0, 'none', 'none'], 'overlay(key=w,across=0,down=0)|'],
    [['0', '0', 0, '123456789'], 'overlay(key=w,width=999%25,rounding=half-even,across=0,down=0)|'],
    [['0', '0', 0, '20', '-20'], 'overlay(key=w,width=20%25,rounding=half-even,across=0,down=0)|'],
    [['0', '0', 0, '-5', '15'], 'overlay(key=w,height=15%25,rounding=half-even,across=0,down=0)|'],
    [['0', '0', '30'], 'overlay(key=w,across=0,down=0,fade=30)|'],
    [['0', '0', 100], '|'],
    [['0', '0', 250], '|'],
  ])('of %j', (args, expected) => expect(text(...args)).toBe(expected))

  it.each<[FilterArgs]>([
    [['', '0', 0]],
    [['1.5', '0', 0]],
    [['+1', '0', 0]],
    [['middle', '0', 0]],
    [['0', '0', -1]],
    [['0', '0', 'x']],
    [['0', '0']],
    [['0', '0', 0, '1.5']],
    [['0', '0', 0, 'auto']],
  ])('of another form is dropped: %j', (args) => expect(text(...args)).toBeUndefined())

  it.each([[['0', '0', 0, '-50', '-50']], [['0', '0', 0, '-1']], [['0', '0', 0, 'none', '-7']]] as const)(
    'of less than nothing fails: %j',
    (args) => expect(text(...args)).toBe('parameter-invalid'),
  )

  it('is read in each form that its documentation shows', () => {
    const calls = ['10|10|0', '-10|-10|50', 'center|repeat|0', '10p|-20p|50', '30|10|50|20', '30|10|50|none|15', '30|10|50|30|30']
    for (const call of calls) expect(text(...call.split('|'))).toMatch(/^overlay\(/)
  })

  it('reads back from its canonical text, whatever the arguments', () => {
    const place = fc.oneof(
      fc.constantFrom('center', 'repeat', '-0', '0p', '-0p'),
      fc.tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.constantFrom('', 'p')).map((all) => all.join('')),
      fc.tuple(fc.constantFrom('', '-'), fc.nat(1200), fc.constantFrom('', 'p')).map((all) => all.join('')),
    )
    const ratio = fc.oneof(fc.constantFrom('none', undefined), fc.nat(2000).map(String))
    fc.assert(
      fc.property(place, place, fc.nat(99), ratio, ratio, (x, y, alpha, w, h) => {
        const made = watermarkStep(['w', x, y, alpha, w, h], 'w')
        if (made === undefined || made instanceof Failure) throw new Error('expected a step')
        expect(readRecipe(printRecipe(recipe([made])))).toEqual(recipe([made]))
      }),
      { numRuns: 500 },
    )
  })
})
