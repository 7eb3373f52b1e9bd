import { openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { standardOutput } from './log-output.ts'

const path = join(tmpdir(), `tintype-log-output-${process.pid}`)
let descriptor = -1
beforeEach(() => {
  descriptor = openSync(path, 'w')
})
afterEach(() => rmSync(path))

const line = (number: number): string => `${JSON.stringify({ number, target: '/i/'.padEnd(300, 'a') })}\n`
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const written = (): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)

test('no line is lost where each turn of the event loop makes more than a write of the usual size takes', async () => {
  const lost: number[] = []
  const output = standardOutput(false, (lines) => lost.push(lines), descriptor)
  let number = 0
  for (let turns = 0; turns < 400; turns++) {
    for (let lines = 0; lines < 200; lines++) output.write(line(number++))
    // As slow as a loop at work, so that a write has ended when the next turn begins.
    const until = performance.now() + 1
    while (performance.now() < until);
    await turn()
  }
  await output.close()
  expect(lost).toEqual([])
  expect(written().map((text) => (JSON.parse(text) as { number: number }).number)).toEqual(Array.from({ length: number }, (_, at) => at))
})

test('what finds no room is dropped, and that is told', async () => {
  const lost: number[] = []
  const output = standardOutput(false, (lines) => lost.push(lines), descriptor)
  for (let number = 0; number < 20_000; number++) output.write(line(number))
  await expect.poll(() => lost.length).toBe(1)
  await output.close()
  expect(lost[0]).toBeGreaterThan(0)
  expect(written().length + (lost[0] ?? 0)).toBe(20_000)
})

test('an immediate line is there at once', async () => {
  const output = standardOutput(true, () => {}, descriptor)
  output.write('now\n')
  expect(written()).toEqual(['now'])
  await output.close()
})
