import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { eachLine } from './log-lines.ts'

/** The lines of these chunks; `tick` moves the clock one second on. */
async function lines(chunks: readonly (string | Buffer | 'tick')[]): Promise<string[]> {
  const stream = new PassThrough()
  const said: string[] = []
  let clock = 5000
  eachLine(
    stream,
    (line) => said.push(line),
    () => clock,
  )
  for (const chunk of chunks) {
    if (chunk === 'tick') clock += 1000
    else stream.write(chunk)
    await new Promise(setImmediate)
  }
  stream.end()
  await new Promise(setImmediate)
  return said
}

test('lines are put together from chunks, also in the middle of a character; the last one needs no end', async () => {
  const bytes = Buffer.from('eins zwölf\r\n\n  \ndrei')
  const cut = bytes.indexOf(Buffer.from('ö')) + 1
  expect(await lines([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(['eins zwölf', 'drei'])
})

test('a line without end is clipped and not kept', async () => {
  const said = await lines([...Array(50).fill('x'.repeat(10_000)), '\nnext\n'])
  expect(said.map((line) => line.length)).toEqual([1000, 4])
})

test('what comes too fast is counted', async () => {
  const said = await lines(['noise\n'.repeat(100), 'tick', 'quiet\n'])
  expect(said).toHaveLength(22)
  expect(said.slice(-2)).toEqual(['80 more lines left out', 'quiet'])
})
