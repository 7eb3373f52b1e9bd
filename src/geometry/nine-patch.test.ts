import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { pieces, readPatch, type Span } from './nine-patch.ts'

/** A patch of characters, `#` where it is opaque black. */
function read(...lines: string[]): ReturnType<typeof readPatch> {
  return readPatch({ width: lines[0]?.length ?? 0, height: lines.length }, (x, y) => lines[y]?.[x] === '#')
}

describe('the rim of a nine-patch', () => {
  it('says what stretches and how far the canvas grows', () => {
    expect(
      read(
        '..#.##..', //
        '........',
        '#.......',
        '#......#',
        '........',
        '..###...',
      ),
    ).toEqual({
      size: { width: 6, height: 4 },
      columns: [
        { from: 1, size: 1 },
        { from: 3, size: 2 },
      ],
      rows: [{ from: 1, size: 2 }],
      padding: { top: 2, right: 2, bottom: 1, left: 1 },
    })
  })

  it('pads by what lies before the first and behind the last mark, and not at all without', () => {
    const lines = ['.##..', '#....', '#....', '.....']
    expect(read(...lines)).toMatchObject({ padding: { top: 0, right: 0, bottom: 0, left: 0 } })
    expect(read('.#.......', '#........', '..#...#..')).toMatchObject({ padding: { left: 1, right: 1 } })
  })

  it('says nothing by its corners', () => {
    expect(read('#.#.#', '.....', '#....', '#...#')).toEqual({
      size: { width: 3, height: 2 },
      columns: [{ from: 1, size: 1 }],
      rows: [{ from: 1, size: 1 }],
      padding: { top: 0, right: 0, bottom: 0, left: 0 },
    })
  })

  it.each([
    [['##', '##'], 'at least 3x3 px'],
    [['.#', '#.', '..'], 'at least 3x3 px'],
    [['.#.', '...', '.#.'], 'left'],
    [['...', '#.#', '...'], 'top'],
    [['...', '...', '...'], 'top'],
    [[`.${'#.'.repeat(101)}`, `#${'.'.repeat(202)}`, '.'.repeat(203)], 'at most 100'],
  ])('fails where it is none: %#', (lines, words) => {
    const made = read(...lines)
    expect(made).toMatchObject({ code: 'patch-invalid' })
    expect(made instanceof Failure && made.message).toContain(words)
  })
})

describe('the pieces of one axis', () => {
  const two: Span[] = [
    { from: 2, size: 1 },
    { from: 6, size: 3 },
  ]
  it.each([
    // size without rim, areas, target, pieces: from+size>to+length
    [10, [{ from: 3, size: 2 }], 20, '0+3>0+3 3+2>3+12 5+5>15+5'],
    [10, [{ from: 3, size: 2 }], 10, '0+3>0+3 3+2>3+2 5+5>5+5'],
    [10, [{ from: 3, size: 2 }], 9, '0+3>0+3 3+2>3+1 5+5>4+5'],
    [10, [{ from: 3, size: 2 }], 8, '0+3>0+3 5+5>3+5'], // no px left to stretch
    [10, [{ from: 3, size: 2 }], 7, '0+3>0+3'], // the far piece does not fit
    [10, [{ from: 3, size: 2 }], 2, ''],
    [10, [{ from: 0, size: 10 }], 3, '0+10>0+3'],
    [12, two, 14, '0+2>0+2 2+1>2+2 3+3>4+3 6+3>7+4 9+3>11+3'], // 6 to share: 1.5 and 4.5 meet at 2
    [12, two, 18, '0+2>0+2 2+1>2+3 3+3>5+3 6+3>8+7 9+3>15+3'], // 10 to share: 2.5 and 7.5 meet at 3
  ])('%i px, %j, on %i: %s', (size, areas, target, expected) => {
    const said = pieces(size, areas, target).map(({ from, size, to, length }) => `${from}+${size}>${to}+${length}`)
    expect(said.join(' ')).toBe(expected)
  })

  it('meet without a gap, fill the picture where it is large enough, and never leave it', () => {
    const marks = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }).filter((each) => each.includes(true))
    fc.assert(
      fc.property(marks, fc.integer({ min: 1, max: 3000 }), (marked, target) => {
        const patch = readPatch(
          { width: marked.length + 2, height: 3 },
          (x, y) => (y === 0 && marked[x - 1] === true) || (x === 0 && y === 1),
        )
        if (patch instanceof Failure) throw patch
        const all = pieces(patch.size.width, patch.columns, target)
        let end = 0
        for (const { from, size, to, length } of all) {
          expect([size > 0, length > 0, from >= 0, from + size <= marked.length]).toEqual([true, true, true, true])
          expect(to).toBe(end)
          end = to + length
          // What is not marked keeps its size.
          if (!marked[from]) expect(length).toBe(size)
        }
        const fixed = marked.filter((each) => !each).length
        if (fixed <= target) expect(end).toBe(target)
        else expect(end).toBeLessThanOrEqual(target)
      }),
      { numRuns: 1000 },
    )
  })
})
