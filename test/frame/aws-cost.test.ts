import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parameters } from '../../infra/parameters.ts'
import { type PriceName, prices } from '../../src/runtimes/cli/cost-prices.ts'
import { program } from '../../src/runtimes/cli/program.ts'

const text = readFileSync(new URL('../../docs/guide/aws-cost.md', import.meta.url), 'utf8')

async function cost(line: string): Promise<string> {
  let out = ''
  const stdout = { write: (piece: string) => (out += piece) }
  const stderr = { write: (piece: string) => (out += piece) }
  await program({ argv: line.split(' ').slice(1), env: {}, folder: '/', stdout, stderr })
  return out
}

type Bill = { readonly use: { memory: number; arch: string; entry: string; months: number }; total: number; lines: { dollars: number }[] }

const worked = [...text.matchAll(/```sh\n(tintype cost[^\n]*)\n```\n\n```text\n([\s\S]*?)```/g)]
const rows = [...text.matchAll(/^ *\| ([^|]*) \| `(tintype cost[^`]*)` \|([^\n]*)\|$/gm)]

const money = (sum: number): string => sum.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

describe('what the guide says of costs', () => {
  test('shows examples and rows', () => expect([worked.length, rows.length]).toEqual([1, 8]))

  test.each(worked.map(([, line = '', shown = '']) => [line, shown]))('%s prints what is shown', async (line, shown) =>
    expect(await cost(line)).toBe(shown),
  )

  test.each(rows.map(([, who = '', line = '', cells = '']) => [who, line, cells]))('the row of %s adds up', async (_who, line, cells) => {
    const { lines, total } = JSON.parse(await cost(`${line} --json`)) as Bill
    expect(cells.split('|').map((cell) => cell.trim())).toEqual([...lines.map(({ dollars }) => dollars), total].map(money))
  })

  test.each(Object.keys(prices) as PriceName[])('has the price %s', (name) => {
    const { doc, dollars, unit, known } = prices[name]
    const sum = dollars.toLocaleString('en-US', { maximumFractionDigits: 10, useGrouping: false })
    expect(text).toContain(`| \`--price-${name}\` | ${doc} | ${sum} | ${unit} | ${known} |`)
  })

  test('compares by the totals of the calculator', async () => {
    const total = async (line: string): Promise<number> => (JSON.parse(await cost(`tintype cost ${line} --json`)) as Bill).total
    const ours = await total('--views 125M --new 1M --milliseconds 350 --flat 200')
    const theirs = await total('--views 125M --milliseconds 350 --memory 1024 --entry rest-api --months 0 --flat 200')
    expect(text).toContain(`a flat plan of 200: ${ours.toFixed(0)} against ${theirs.toFixed(0)} for`)
    const index = (200e3 * (prices['s3-put'].dollars + 2 * prices['s3-get'].dollars)) / 1e6
    expect(text).toContain(`${index.toFixed(2)} less in this month`)
  })
})

test('without flags, the calculator takes the stack as it is deployed without parameters', async () => {
  const { use } = JSON.parse(await cost('tintype cost --json')) as Bill
  expect(use).toMatchObject({
    memory: parameters.Memory.fallback,
    arch: parameters.Architecture.fallback,
    entry: parameters.Entry.fallback,
    months: parameters.ResultDays.fallback / 30,
  })
})
