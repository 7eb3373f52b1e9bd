import { expect, test } from 'vitest'
import { program } from './program.ts'

async function cost(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const stdout = { write: (text: string) => (out += text) }
  const stderr = { write: (text: string) => (err += text) }
  const code = await program({ argv: ['cost', ...argv], env: {}, folder: '/', stdout, stderr })
  return { code, out, err }
}

test('says each line, the sum, and the price of a million views', async () => {
  const { code, out } = await cost('--views', '10M', '--months', '1')
  expect(code).toBe(0)
  expect(out).toMatch(/^Lambda +1\.19 {2}200,000 calls, 69,102 GB-seconds$/m)
  expect(out).toMatch(/^total +4\.99 {2}a month$/m)
  expect(out).toMatch(/^ +0\.50 {2}a million views$/m)
})

test('says as JSON what was asked, and each price with its page', async () => {
  const { use, total, lines, prices } = JSON.parse((await cost('--json', '--hit', '95%', '--price-s3-put', '0')).out)
  expect(use).toMatchObject({ views: 10e6, hit: 0.95, fresh: 200e3, bytes: 45e3, seconds: 0.2, memory: 1769, months: 3 })
  expect(total).toBeCloseTo(
    lines.reduce((sum: number, line: { dollars: number }) => sum + line.dollars, 0),
    9,
  )
  expect(prices['s3-put']).toMatchObject({ dollars: 0, known: 'given' })
  expect(prices['cdn-gb']).toMatchObject({ dollars: 0.085, known: 'page', page: 'https://aws.amazon.com/cloudfront/pricing/' })
})

test.each([
  [['--views', 'many'], '--views: expected a number such as 45, 200k or 10M, got "many".'],
  [['--hit', '101'], '--hit: expected a number such as 45, 200k or 10M, got "101".'],
  [['--hit', '0.9'], '--hit: expected per cent, such as 90, got "0.9".'],
  [['--price-rest', '-1'], '--price-rest: expected a number such as 45, 200k or 10M, got "-1".'],
  [['--price-rst', '1'], 'There is no flag --price-rst. Did you mean --price-rest?'],
  [['--arch', 'x86'], 'Invalid value for argument: --arch'],
])('%j is refused', async (argv, message) => {
  const { code, err } = await cost(...argv)
  expect(code).toBe(2)
  expect(err).toContain(message)
})
