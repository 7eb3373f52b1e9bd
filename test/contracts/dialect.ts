import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect, Order, Words } from '../../src/dialects/dialect.ts'
import { Failure } from '../../src/errors.ts'
import { filters } from '../../src/filters/all.ts'
import { canonical, printRecipe, type Recipe, readRecipe } from '../../src/recipe/recipe.ts'

/** Words that every dialect is tested with. */
export const words: Words = {
  filters,
  presets: { thumb: 'w=200&fit=cover', card: 'ar=16:9&w=640&q=60&gray=1', broken: 'w=zero', nested: 'preset=thumb', signed: 's=x' },
  presetsOnly: false,
  ignored: ['utm_*', 'fbclid', '_'],
  prefix: '/i',
}

/** One line of a table: what a target means, why it is refused, or that it is another dialect's. */
export type Vector = { readonly line: number; readonly target: string; readonly columns: readonly string[] }

/**
 * The lines of `test/vectors/NAME.txt`: `target | key | canonical recipe | delivery as JSON, when it is not plain`, `target | !code | word
 * that is wrong | nearest`, or `target | -` for a target that is not of this dialect. Blank lines and those that begin with `# ` are for the reader.
 */
export function readVectors(file: string): readonly Vector[] {
  const lines = readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8').split('\n')
  return lines.flatMap((text, index) => {
    if (text.trim() === '' || text.startsWith('# ')) return []
    const [target = '', ...columns] = text.split(' | ').map((column) => column.trim())
    return [{ line: index + 1, target, columns }]
  })
}

/** An order that is right, or a test that fails. */
export function ordered(dialect: Dialect, target: string, given: Words = words): Order {
  const order = dialect.parse(target, given)
  if (order === undefined || order instanceof Failure) throw new Error(`${target}: ${order?.message ?? 'not of this dialect'}`)
  return order
}

/** What every dialect promises. */
export function dialectContract(dialect: Dialect, file: string): void {
  const vectors = readVectors(file)
  const right = vectors.filter(({ columns: [first = ''] }) => !first.startsWith('!') && first !== '-')

  describe(`${dialect.name} keeps the contract of dialects`, () => {
    it('is described', () => {
      expect(dialect.name).toMatch(/^[a-z]+$/)
      expect(dialect.doc).toMatch(/\.$/)
      expect(dialect.spec).not.toBe('')
    })

    it.each(vectors)(`${file}:$line $target`, ({ target, columns }) => {
      const [first = '', second = '', third = ''] = columns
      const order = dialect.parse(target, words)
      if (first === '-') return expect(order).toBeUndefined()
      if (first.startsWith('!')) {
        expect(order).toBeInstanceOf(Failure)
        const { code, detail } = order as Failure
        expect([code, detail.parameter ?? '', detail.nearest ?? '']).toEqual([first.slice(1), second, third])
        return
      }
      const { key, recipe, delivery } = ordered(dialect, target)
      expect([key, printRecipe(recipe)]).toEqual([first, second])
      expect(delivery).toEqual({ kind: 'image', onError: 'error', ...(third === '' ? {} : (JSON.parse(third) as object)) })
    })

    it('leaves targets of nobody alone', () => {
      for (const target of ['', '/', '?', '/nowhere-at-all/a.jpg', 'a.jpg', '*', 'http://host/i/a.jpg']) {
        expect(dialect.parse(target, words)).toBeUndefined()
      }
    })

    it('gives canonical recipes, which survive their text and JSON', () => {
      for (const { target } of right) {
        const { recipe } = ordered(dialect, target)
        expect(canonical(recipe)).toEqual(recipe)
        expect(readRecipe(printRecipe(recipe))).toEqual(recipe)
        expect(JSON.parse(JSON.stringify(recipe)) as Recipe).toEqual(recipe)
      }
    })

    it('reads what it prints', () => {
      expect(right.length).toBeGreaterThan(0)
      for (const { target } of right) {
        const order = ordered(dialect, target)
        const printed = dialect.print(order, words)
        if (printed instanceof Failure) throw printed
        const again = ordered(dialect, printed)
        expect([again.key, again.recipe, again.delivery]).toEqual([order.key, order.recipe, order.delivery])
        expect(dialect.print(again, words)).toBe(printed)
      }
    })

    it('answers every text with an order, a failure or nothing', () => {
      const starts = vectors.map(({ target }) => target)
      const pieces = fc.oneof(
        fc.constantFrom(...starts, ...starts.flatMap((target) => target.split(/(?=[?&=/])/))),
        fc.string({ unit: 'binary' }),
      )
      const texts = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join('')),
      )
      fc.assert(
        fc.property(texts, fc.boolean(), (target, presetsOnly) => {
          const order = dialect.parse(target, { ...words, presetsOnly })
          if (order === undefined || order instanceof Failure) {
            if (order !== undefined) expect(order.status).toBeLessThan(500)
            return
          }
          expect(order.key).not.toBe('')
          expect(typeof dialect.print(order, words)).toBe('string')
        }),
        { numRuns: 2000 },
      )
    })

    it('takes no long time over 8 kB, whatever they are', () => {
      const starts = [...new Set(vectors.map(({ target }) => target))]
      const tails = [
        'a',
        '&',
        '=',
        '&w=1',
        ',',
        ',1',
        '%',
        '%41',
        '/',
        '.',
        '-',
        ' ',
        ':',
        '1',
        '0',
        '\u0000',
        '=a&b',
        '&utm_x=1',
        '#',
        '(',
        '\n',
      ]
      for (const start of starts) {
        for (const tail of tails) {
          const target = (start + tail.repeat(8192)).slice(0, 8192)
          const began = performance.now()
          dialect.parse(target, words)
          const took = performance.now() - began
          if (took < 50) continue
          const again = performance.now() // once more: the first time may have met a busy machine
          dialect.parse(target, words)
          expect(performance.now() - again, `${target.slice(0, 60)}…`).toBeLessThan(50)
        }
      }
    })
  })
}
