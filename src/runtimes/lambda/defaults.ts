import { demoFolder } from '../../config/demo.ts'
import type { ReadSettings, Settings } from '../../config/read.ts'

/** Memory for results: an instance is alone, small, and gone soon; the result bucket is what lasts. */
const memoryBytes = 64 * 2 ** 20

/**
 * The settings with what is otherwise in a function, wherever nobody said anything: nothing on a disk that goes with the instance, pictures
 * made in the very process (Lambda gives every request an instance, and takes away one that hangs), nothing counted for a Prometheus that
 * could not come by, a log of JSON, and the sample pictures, so that a new stack has something to show.
 */
export function inLambda({ settings, rows }: Extract<ReadSettings, { kind: 'settings' }>): Settings {
  const unsaid = new Set(rows.filter(({ origin }) => origin.kind === 'default').map(({ name }) => name))
  const unless = <T>(name: string, said: T, otherwise: T): T => (unsaid.has(name) ? otherwise : said)
  const { store, render, log, metrics, demo } = settings
  return {
    ...settings,
    metrics: unless('metrics', metrics, false),
    demo: unless('demo', demo, demoFolder() !== undefined),
    store: {
      ...store,
      kinds: unless('store.kinds', store.kinds, ['memory']),
      memory: { ...store.memory, bytes: unless('store.memory.bytes', store.memory.bytes, memoryBytes) },
    },
    render: { ...render, form: unless('render.form', render.form, 'in-process') },
    log: { ...log, format: unless('log.format', log.format, 'json') },
  }
}
