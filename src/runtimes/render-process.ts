import { attachToParent, serveRenderer } from '../pixels/serve.ts'
import { letHeapGrow } from './heap-growth.ts'

// A render process: the only kind of process on a server that loads sharp. Started by `pixels/pool.ts`; it is never run by hand.
// Its words: the formats that it may read, and the bytes of decoded pixels that it may keep.
const socket = attachToParent()
letHeapGrow(400) // what large originals and results leave behind is given back by `giveBack`
// Loaded from here on, so that a signal during the slow part is already passed over.
const { filters } = await import('../filters/all.ts')
const { detectors } = await import('../pixels/detectors/all.ts')
const { sourceFormats } = await import('../geometry/facts.ts')
const { openInProcess } = await import('../pixels/in-process.ts')
const { Failure } = await import('../errors.ts')
const { refusing } = await import('../pixels/refusing.ts')
const [, , formats = '', levelBytes] = process.argv
const read = sourceFormats.filter((format) => formats.split(',').includes(format))
const renderer = await openInProcess({ filters, detectors, read, levelBytes: Number(levelBytes) }).catch((thrown: unknown) => {
  // What can be told is told to the parent, whose start fails by it; anything else ends this process.
  if (thrown instanceof Failure) return refusing(thrown)
  throw thrown
})
serveRenderer(socket, renderer)
