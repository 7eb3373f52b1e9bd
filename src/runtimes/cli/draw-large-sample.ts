import { drawLargeSample } from '../../pixels/large-sample.ts'
import { loadSharp } from '../../pixels/sharp.ts'

/** Program of a short-lived process: draws the large sample from the landscape. */
const [landscape = '', path = ''] = process.argv.slice(2)
const sharp = await loadSharp()
// Files are blocked for strangers' pictures; this one is ours.
sharp.unblock({ operation: ['VipsForeignLoadJpegFile'] })
await drawLargeSample(sharp, landscape, path)
process.disconnect?.()
