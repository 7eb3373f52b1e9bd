import { disk } from './disk.ts'
import { memory } from './memory.ts'
import { s3 } from './s3.ts'

/** Every kind of store, in the order in which they chain: the fastest first. */
export const stores = [memory, disk, s3] as const
