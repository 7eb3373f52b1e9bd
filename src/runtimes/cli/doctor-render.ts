import { compose } from '../../compose.ts'
import { readSettings } from '../../config/read.ts'
import type { Finding } from './finding.ts'

/** A picture of some two megapixels that needs no file. */
const drawing = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200"><defs><linearGradient id="a"><stop offset="0" stop-color="#d84"/>' +
    '<stop offset="1" stop-color="#248"/></linearGradient></defs><rect width="1600" height="1200" fill="url(#a)"/></svg>',
)
/** Milliseconds: what a core of these days takes is a fifth of it. */
const slow = 500

/** How long a photograph of two megapixels takes to become one of 400 px; the best of three, by a service that keeps nothing. */
export async function renderCheck(): Promise<Finding> {
  const read = readSettings({ flags: { 'render-form': 'in-process', 'store-kinds': 'memory' } })
  if (read.kind === 'failures') throw read.failures[0]
  const { renderGiven, close } = await compose(read.settings, { landing: false, write: () => {} })
  const make = async (original: Buffer, query: string): Promise<Buffer> => {
    const { status, body } = await renderGiven(query, original, AbortSignal.timeout(30_000))
    if (status !== 200 || body === undefined) throw new Error(`A picture that is known to be good gave ${status}.`)
    return body
  }
  try {
    const photograph = await make(drawing, 'f=jpeg')
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      const began = performance.now()
      await make(photograph, 'w=400&f=webp')
      times.push(performance.now() - began)
    }
    return timeFinding(Math.min(...times))
  } finally {
    await close()
  }
}

export function timeFinding(milliseconds: number): Finding {
  const name = 'speed'
  const message = `A photograph of 2 megapixels becomes one of 400 px in ${Math.ceil(milliseconds)} ms.`
  if (milliseconds < slow) return { name, state: 'ok', message }
  return { name, state: 'warn', message, mend: 'Look whether the machine is busy, or give it more of a core.' }
}
