import type { Dialect } from './dialect.ts'
import { native } from './native.ts'
import { seed } from './seed.ts'
import { thumbor } from './thumbor.ts'

/** Every dialect, in the order in which they are asked: the narrow one first, since a native prefix of `/` would take its URLs. */
export const dialects = [seed, thumbor, native] as const satisfies readonly Dialect[]
