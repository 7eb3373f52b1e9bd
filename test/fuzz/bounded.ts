import fc from 'fast-check'
import { expect } from 'vitest'
import { Failure, type FailureCode } from '../../src/errors.ts'

/** How long a parser may think about one input, in milliseconds of the processor. */
export const mostMs = 50

/** Inputs that are tried of each kind; `TINTYPE_FUZZ_RUNS` tries more. */
export const runs = Number(process.env.TINTYPE_FUZZ_RUNS ?? 150)

/** Failures above 499 that are none of ours: settings are told to the operator, at the start; the others are faults of an origin. */
const ofOthers: readonly FailureCode[] = ['setting-unknown', 'setting-invalid', 'start-unsafe', 'origin-failed', 'origin-redirects']

/**
 * What a parser may give: anything but a throw, a failure that would be a 5xx, or a long wait. The time is that of the processor, and of the
 * best of three tries: a busy machine makes every clock wrong in one direction alone.
 */
export function bounded(parse: (input: never) => unknown, input: unknown): void {
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 3 && best >= mostMs; tries++) {
    const before = process.cpuUsage()
    judge(parse(input as never))
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  expect(best).toBeLessThan(mostMs)
}

function judge(result: unknown): void {
  if (result instanceof Failure && !ofOthers.includes(result.code)) expect([result.code, result.status < 500]).toEqual([result.code, true])
  if (typeof result === 'object' && result !== null && 'then' in result)
    throw new Error('A parser gave a promise, which nothing waited for.')
}

/** Every input of an arbitrary, bounded. What fails is told with its seed and the smallest input that does, cut to what can be read. */
export function eachBounded<T>(arbitrary: fc.Arbitrary<T>, parse: (input: T) => unknown, numRuns: number = runs): void {
  const details = fc.check(
    fc.property(arbitrary, (input) => bounded(parse, input)),
    { numRuns },
  )
  if (details.failed) throw new Error(fc.defaultReportMessage(details)?.slice(0, 2000), { cause: details.errorInstance })
}
