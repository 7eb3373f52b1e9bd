import { setFlagsFromString } from 'node:v8'

/**
 * Lets JavaScript's heap grow by so many percent before it is swept whole again. V8 by itself sweeps so often that 3 % of the time go by with it,
 * whether or not anything was to be done in that time: the heap of a process that mostly waits for pictures is swept behind every 80 requests, which
 * takes a sixth of its work. To be called before the work begins; holds for all of the process.
 * @param percent  Of what the last sweep left, which is about 20 MB; a whole number from 1. It is what this costs in memory.
 */
export function letHeapGrow(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`)
}
