import { describe, expect, it } from 'vitest'
import { Problem } from '../schema/field.ts'
import { anchor, compass, gravity, middle, printGravity, readGravity } from './gravity.ts'

describe('gravity', () => {
  it.each([
    ['top-left', { x: 0, y: 0 }, 'top-left'],
    ['LEFT-top', { x: 0, y: 0 }, 'top-left'],
    ['southeast', { x: 1, y: 1 }, 'bottom-right'],
    ['centre', middle, 'center'],
    ['0.5x0.5', middle, 'center'],
    ['1x0', { x: 1, y: 0 }, 'top-right'],
    ['0.25x.123456789', { x: 0.25, y: 0.123457 }, '0.25x0.123457'],
    ['auto', 'attention', 'attention'],
    ['entropy', 'entropy', 'entropy'],
  ] as const)('%s', (text, value, printed) => {
    expect(readGravity(text)).toEqual(value)
    expect(printGravity(value)).toBe(printed)
    expect(readGravity(printed)).toEqual(value)
  })

  it.each(['', 'face', '1.5x0', '0.5', '0.5x', '2x0', '-0.5x0', 'constructor', 'top-top'])('refuses %j', (text) =>
    expect(readGravity(text)).toBeUndefined(),
  )

  it('names the nearest word', () => {
    expect(gravity({ doc: 'Where.', fallback: middle }).read('botom')).toMatchObject({ nearest: 'bottom' })
    expect(anchor({ doc: 'Where.', fallback: middle }).read('atention')).toBeInstanceOf(Problem)
  })

  it('of a layer does not look at the picture', () => {
    expect(anchor({ doc: 'Where.', fallback: middle }).read('auto')).toBeInstanceOf(Problem)
    for (const [name, point] of Object.entries(compass)) expect(anchor({ doc: 'Where.', fallback: middle }).read(name)).toEqual(point)
  })
})
