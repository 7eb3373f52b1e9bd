import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ordered, words } from '../../test/contracts/dialect.ts'
import { Failure } from '../errors.ts'
import { printRecipe } from '../recipe/recipe.ts'
import type { Fields } from '../schema/field.ts'
import { native } from './native.ts'
import { nativeFields, unless } from './native-parameters.ts'
import { dictionary } from './native-query.ts'

/** Values that mean something, each in several spellings of one wish. */
const spellings: Readonly<Record<string, readonly (readonly string[])[]>> = {
  w: [['300'], ['0.5', '.5', '0.50', '50%'], ['auto', 'AUTO'], ['8192']],
  h: [['80'], ['0.25', '.25', '25%']],
  fit: [['cover', 'COVER'], ['contain', 'scale-down'], ['pad'], ['outside'], ['fill']],
  ar: [
    ['16:9', '32:18'],
    ['1.5', '3:2', '1.50', '6:4'],
  ],
  enlarge: [
    ['1', 'true', 'yes', 'on', ''],
    ['0', 'no'],
  ],
  dpr: [['2', '2.0'], ['1.5', '1.50'], ['auto']],
  max: [['500']],
  kernel: [['nearest', 'Nearest'], ['lanczos3']],
  g: [
    ['top-left', 'left-top', 'northwest', '0x0'],
    ['auto', 'attention'],
    ['entropy'],
    ['0.2x0.7', '.20x.70'],
    ['center', 'centre', '0.5x0.5'],
  ],
  crop: [['1,2,30,40'], ['0,0,0.5,1.0', '0,0,.50,100%']],
  trim: [['1', '10', 'true'], ['40'], ['0']],
  'trim-color': [['fff', 'ffffff', '#FFFFFF', 'white']],
  rotate: [
    ['90', '-270'],
    ['12.5', '12.50', '-347.5'],
    ['0', '360', '-360'],
  ],
  flip: [['h'], ['hv', 'vh']],
  orient: [['none', '1'], ['6'], ['auto']],
  bg: [['f00', 'red', 'FF0000', 'ff0000ff'], ['auto', 'dominant'], ['blur'], ['ff000080']],
  pad: [['5', '5,5', '5,5,5,5'], ['1,2', '1,2,1,2'], ['0']],
  border: [
    ['4,red', '4,f00'],
    ['3', '3,black'],
  ],
  radius: [['9', '9,9,9,9'], ['1,2,3,4'], ['max']],
  f: [['jpeg', 'jpg', 'JPG'], ['tiff', 'tif'], ['webp'], ['json'], ['auto']],
  q: [['80'], ['50', '050']],
  bytes: [
    ['20k', '20000', '20K'],
    ['1m', '1M', '1000k'],
  ],
  progressive: [
    ['0', 'off'],
    ['1', ''],
  ],
  chroma: [
    ['444', '4:4:4'],
    ['420', '4:2:0'],
  ],
  colors: [['16']],
  meta: [['keep'], ['copyright']],
  icc: [['p3']],
  page: [['1'], ['3']],
  pages: [['2']],
  density: [['300', '300.0']],
  mark: [
    ['logo.png', '/logo.png', 'b64:bG9nby5wbmc'],
    ['https://host/m.png', 'HTTPS:/host/m.png'],
  ],
  'mark-w': [['0.25', '25%'], ['50']],
  'mark-h': [['40']],
  'mark-x': [
    ['-5', '-05'],
    ['0', '-0'],
  ],
  'mark-alpha': [['0.5', '.5']],
  txt: [['two words, +1 & 100%/(x)=|'], ['ä\n漢字']],
  'txt-size': [['0.06', '.06'], ['40']],
  v: [['3.1']],
  dl: [[''], ['my cat.jpg']],
  onerror: [['picture'], ['error']],
  blur: [
    ['8', '8.0'],
    ['0', '0.0'],
  ],
  gray: [
    ['1', '', 'yes'],
    ['0', 'off'],
  ],
  brightness: [
    ['1.5', '1.50'],
    ['1', '1.0'],
  ],
  duotone: [['000080,ff0', 'navy,yellow']],
}

type Wish = { readonly name: string; readonly spelled: readonly string[] }

const aliases = new Map<string, string[]>()
for (const [name, parameter] of dictionary(words.filters)) aliases.set(parameter.name, [...(aliases.get(parameter.name) ?? []), name])

/** Some parameters, each once, that do not contradict each other. */
const wishes: fc.Arbitrary<readonly Wish[]> = fc
  .subarray(Object.keys(spellings), { minLength: 0 })
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.constantFrom(...(spellings[name] ?? [])).map((spelled): Wish => ({ name, spelled })))),
  )
  .map((all) => {
    const has = (name: string): boolean => all.some((wish) => wish.name === name)
    return all.filter(({ name }) => {
      if (name === 'ar') return !(has('w') && has('h'))
      if (name.startsWith('mark-')) return has('mark')
      return name.startsWith('txt-') ? has('txt') : true
    })
  })

/** A target that says so in the first spellings, in the order given. */
const plain = (all: readonly Wish[]): string =>
  `/i/a.jpg?${all.map(({ name, spelled }) => `${name}=${encodeURIComponent(spelled[0] ?? '')}`).join('&')}`

/** The same wishes in other words: other names, other spellings, another order, other percent-encoding, defaults said aloud. */
const respelled = (all: readonly Wish[]): fc.Arbitrary<string> => {
  const given = new Set(all.map(({ name }) => name))
  const family = (name: string): boolean => /^(?:mark|txt)-/.test(name) && !given.has(name.split('-')[0] ?? '')
  const silent = Object.entries<Fields[string]>(nativeFields).filter(
    ([name, field]) => field.fallback !== undefined && !given.has(name) && !family(name) && !Object.hasOwn(unless, name),
  )
  return fc
    .tuple(
      fc.tuple(
        ...all.map(({ name, spelled }) =>
          fc.tuple(fc.constantFrom(...(aliases.get(name) ?? [name]).filter((n) => n !== 'txt64')), fc.constantFrom(...spelled)),
        ),
      ),
      fc.subarray(silent.map(([name, field]): [string, string] => [name, field.print(field.fallback)])),
      fc.infiniteStream(fc.boolean()),
    )
    .chain(([said, defaults, coins]) =>
      fc.shuffledSubarray([...said, ...defaults], { minLength: said.length + defaults.length }).map((pairs) => {
        const write = (text: string): string => Array.from(text, (letter) => encodeLetter(letter, coins.next().value === true)).join('')
        return `/_tintype/%61.jpg?&${pairs.map(([name, text]) => `${write(name)}=${write(text)}`).join('&')}&utm_x=${coins.next().value}`
      }),
    )
}

function encodeLetter(letter: string, always: boolean): string {
  if (letter === ' ') return always ? '+' : '%20'
  const plainly = encodeURIComponent(letter)
  return always && plainly === letter ? `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}` : plainly
}

describe('native, whatever is asked', () => {
  it('reads what it prints', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const order = ordered(native, plain(all))
        const printed = native.print(order, words)
        if (printed instanceof Failure) throw printed
        const again = ordered(native, printed)
        expect([again.key, again.recipe, again.delivery]).toEqual([order.key, order.recipe, order.delivery])
        expect(native.print(again, words)).toBe(printed)
      }),
      { numRuns: 400 },
    )
  })

  it('gives one recipe and one message to all spellings of a wish', () => {
    fc.assert(
      fc.property(
        wishes.chain((all) => fc.tuple(fc.constant(plain(all)), respelled(all))),
        ([first, second]) => {
          const [a, b] = [ordered(native, first), ordered(native, second)]
          expect(printRecipe(b.recipe)).toBe(printRecipe(a.recipe))
          expect(b.delivery).toEqual(a.delivery)
          expect(b.proof).toEqual(a.proof)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('gives no two pictures one message, with a preset or without', () => {
    const few = fc.subarray(
      [
        'w=200',
        'w=300',
        'fit=contain',
        'fit=cover',
        'ar=1',
        'gray=1',
        'gray=0',
        'q=80',
        'q=60',
        'preset=thumb',
        'preset=card',
        'anim=1',
        'page=1',
        'dpr=2',
        'dpr=1',
        'f=auto',
        'f=json',
      ],
      { maxLength: 5 },
    )
    const meant = new Map<string, string>()
    fc.assert(
      fc.property(few, (pairs) => {
        const order = native.parse(`/i/a.jpg?${pairs.join('&')}`, words)
        if (order === undefined || order instanceof Failure) return
        const meaning = JSON.stringify([order.key, printRecipe(order.recipe), order.delivery])
        const message = order.proof?.message ?? ''
        expect(meant.get(message) ?? meaning).toBe(meaning)
        meant.set(message, meaning)
      }),
      { numRuns: 4000 },
    )
    expect(meant.size).toBeGreaterThan(100)
  })
})

it('prints keys that no proxy has cause to change', () => {
  const keys = fc.oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.webUrl({ withQueryParameters: true }),
    fc.constantFrom('../a', 'a//b', './a', 's3:a/../b', 's3://bucket/a b', 's3://bucket//a', 'a?b#c', 'a%41'),
  )
  fc.assert(
    fc.property(keys, (text) => {
      const order = native.parse(`/i?url=${encodeURIComponent(text)}`, words)
      if (order === undefined || order instanceof Failure) return
      const printed = String(native.print(order, words))
      expect(ordered(native, printed).key).toBe(order.key)
      expect(new URL(printed, 'http://host').pathname).toBe(printed)
      expect(printed).not.toContain('//')
    }),
  )
})
