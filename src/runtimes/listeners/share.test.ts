import { expect, it } from 'vitest'
import { renderFields } from '../../config/render-fields.ts'
import { renderShare } from './share.ts'

const render = {
  ...Object.fromEntries(Object.entries(renderFields).map(([name, field]) => [name, 'fallback' in field ? field.fallback : undefined])),
}
const shares = (processes: number | undefined, spare: number, count: number, cores: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => {
    const all = { ...render, spare, ...(processes === undefined ? {} : { processes }) } as Parameters<typeof renderShare>[0]
    const share = renderShare(all, at + 1, count, cores)
    return `${share.processes}+${share.spare}`
  })

it.each([
  [undefined, 1, 2, 2, ['1+1', '1+1']],
  [undefined, 1, 2, 8, ['4+1', '4+1']],
  [5, 1, 3, 8, ['2+1', '2+1', '1+1']],
  [2, 0, 4, 8, ['1+0', '1+0', '1+0', '1+0']],
  [6, 4, 3, 2, ['2+2', '2+2', '2+2']],
])('%j render processes and %i spare ones among %i, on %i cores', (processes, spare, count, cores, expected) => {
  expect(shares(processes, spare, count, cores)).toEqual(expected)
})
