import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { boolean } from '../schema/fields.ts'

/** The name of the source that has them: `demo:landscape.jpg`. */
export const demoSource = 'demo'

/** Is there something to look at before anyone has put an original in place? */
export const demo = boolean({
  doc: 'Serve the sample pictures as `demo:landscape.jpg` and the like, and show them on the page at `/`.',
  fallback: false,
})

/** Two floors up from here in `src`, in `dist` and in the zip of the function; in the package they lie with the code of that zip. */
const places = ['../../samples', '../../dist/aws/code/samples']

/** The folder of the sample pictures; `undefined` for a program that was put together without them. */
export function demoFolder(): string | undefined {
  return places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) => existsSync(folder))
}
