import { disk } from './disk.ts'
import { memory } from './memory.ts'

/** Every kind of store, in the order in which they chain: the fastest first. */
export const stores = [memory, disk] as const
