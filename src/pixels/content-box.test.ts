import { describe, expect, it } from 'vitest'
import { contentBox } from './content-box.ts'

/** A picture drawn with letters: `.` black, `x` white, `o` grey 40, each three equal channels. */
function drawn(...rows: readonly string[]) {
  const value = (letter: string): number => ({ '.': 0, o: 40, x: 255 })[letter] ?? 0
  const data = Buffer.from(rows.flatMap((row) => [...row].flatMap((letter) => [value(letter), value(letter), value(letter)])))
  return { data, width: rows[0]?.length ?? 0, height: rows.length, channels: 3 as const }
}

describe('contentBox', () => {
  it('finds the box around what differs from the corner', () => {
    const box = { left: 1, top: 1, width: 3, height: 2 }
    expect(contentBox(drawn('.....', '.x.x.', '..x..', '.....'), 'top-left', 0)).toEqual(box)
    expect(contentBox(drawn('.....', '.xxx.', '.xxx.', '.....'), 'bottom-right', 0)).toEqual(box)
  })

  it('measures the distance of all channels together', () => {
    const picture = drawn('....', '.oo.', '.oo.', '....')
    expect(contentBox(picture, 'top-left', 69)).toEqual({ left: 1, top: 1, width: 2, height: 2 }) // 40 times the root of 3 is 69.28
    expect(contentBox(picture, 'top-left', 70)).toBeUndefined()
  })

  it('measures grey as three channels', () => {
    const { data, ...shape } = drawn('....', '.oo.', '.oo.', '....')
    const grey = { ...shape, data: Buffer.from(data.filter((_, at) => at % 3 === 0)), channels: 1 as const }
    expect(contentBox(grey, 'top-left', 69)).toEqual({ left: 1, top: 1, width: 2, height: 2 })
    expect(contentBox(grey, 'top-left', 70)).toBeUndefined()
  })

  it('takes the colour of the corner that is said', () => {
    const picture = drawn('xxxx', 'xxxx', 'xx..', 'xx..')
    expect(contentBox(picture, 'top-left', 0)).toEqual({ left: 2, top: 2, width: 2, height: 2 })
    expect(contentBox(picture, 'bottom-right', 0)).toEqual({ left: 0, top: 0, width: 4, height: 4 })
  })

  it('leaves a line down the picture, whose rows have no second pixel, alone', () => {
    expect(contentBox(drawn('.....', '..x..', '..x..', '.....'), 'top-left', 0)).toBeUndefined()
  })

  it('counts alpha', () => {
    const data = Buffer.alloc(4 * 4 * 4)
    for (const at of [5, 6, 9, 10]) data[at * 4 + 3] = 255
    expect(contentBox({ data, width: 4, height: 4, channels: 4 }, 'top-left', 0)).toEqual({ left: 1, top: 1, width: 2, height: 2 })
  })
})
