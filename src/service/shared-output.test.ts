import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { linesWithin } from './log-output.ts'
import { sharedOutput } from './shared-output.ts'

test('lines go together as far as one write may hold them, and one goes in any case', () => {
  expect(linesWithin(['aaaa\n', 'bbbb\n', 'cccc\n'], 10)).toBe(2)
  expect(linesWithin(['ääää\n', 'b\n'], 10)).toBe(1)
  expect(linesWithin(['aaaa\n'], 3)).toBe(1)
  expect(linesWithin(['aaaa\n', 'bbbb\n'], Number.POSITIVE_INFINITY)).toBe(2)
})

test.runIf(process.platform === 'linux')(
  'several write to one pipe whose reader is slow: all lines come, none torn, each in its order',
  async () => {
    const path = join(tmpdir(), `tintype-shared-output-${process.pid}`)
    execFileSync('mkfifo', [path])
    const descriptor = openSync(path, constants.O_RDWR) // so that neither end waits for the other
    try {
      const writers = ['a', 'b', 'c'].map((name) => ({ name, output: sharedOutput(() => {}, descriptor) }))
      let text = ''
      const end = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const piece = Buffer.alloc(5000)
      const reading = setInterval(() => {
        try {
          text += piece.toString('latin1', 0, readSync(end, piece))
        } catch {} // nothing is there
      }, 2)
      const lines = 600
      for (let number = 0; number < lines; number++) {
        for (const { name, output } of writers) output.write(`${JSON.stringify({ name, number, target: '/i/'.padEnd(300, 'ä') })}\n`)
        if (number % 50 === 0) await wait(1)
      }
      await expect.poll(() => text.split('\n').length, { timeout: 20_000 }).toBe(3 * lines + 1)
      await Promise.all(writers.map(({ output }) => output.close()))
      clearInterval(reading)
      closeSync(end)
      const seen = text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { name: string; number: number })
      for (const { name } of writers) {
        expect(seen.filter((line) => line.name === name).map(({ number }) => number)).toEqual(Array.from({ length: lines }, (_, at) => at))
      }
    } finally {
      closeSync(descriptor)
      rmSync(path)
    }
  },
)

test.runIf(process.platform === 'linux')('a reader that takes nothing more holds up the end for a second at most', async () => {
  const path = join(tmpdir(), `tintype-shared-output-stuck-${process.pid}`)
  execFileSync('mkfifo', [path])
  const descriptor = openSync(path, constants.O_RDWR)
  try {
    const output = sharedOutput(() => {}, descriptor)
    for (let number = 0; number < 1000; number++) output.write(`${'x'.repeat(300)}\n`)
    const began = performance.now()
    await output.close()
    expect(performance.now() - began).toBeLessThan(3000)
  } finally {
    closeSync(descriptor)
    rmSync(path)
  }
})
