import type { Fields } from '../schema/field.ts'
import { choice, integer } from '../schema/fields.ts'

/** Where the pixels are made. */
export const renderFields = {
  form: choice(['pool', 'in-process'], {
    doc: 'Processes of their own, which may hang or crash without harm to the server; or the process itself, for a library or a function.',
    fallback: 'pool',
  }),
  processes: integer({ doc: 'Pictures made at once, by all listeners together; one for each core unless set.', min: 1, max: 256 }),
  spare: integer({
    doc: 'Render processes kept warm beyond those, to step in for one that is lost, and for other pictures while SVGs hold all of those.',
    min: 0,
    max: 16,
    fallback: 1,
  }),
  recycleJobs: integer({ doc: 'Pictures after which a render process is replaced.', min: 1, max: 1_000_000, fallback: 2000 }),
  idleBytes: integer({
    doc: 'Memory of an idle render process beyond which it is replaced; a third of that where it has had nothing to do for five seconds.',
    unit: 'bytes',
    min: 1e8,
    max: 1e11,
    fallback: 600_000_000,
  }),
  levelBytes: integer({
    doc: 'Decoded pixels that each render process keeps for the next pictures of the same original, from the second on; one takes three quarters of that at most, by default 5 megapixels without transparency. With 0 every picture is made of its original.',
    unit: 'bytes',
    min: 0,
    max: 1e10,
    fallback: 20_000_000,
  }),
  refuseSeconds: integer({
    doc: 'How long an original that ended two render processes is refused.',
    unit: 'seconds',
    min: 0,
    max: 86_400,
    fallback: 600,
  }),
} as const satisfies Fields
