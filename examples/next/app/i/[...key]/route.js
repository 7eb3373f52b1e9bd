import { join } from 'node:path'
import { createTintype } from 'tintype'

/** sharp needs Node; the edge runtime has none. */
export const runtime = 'nodejs'
/** The service keeps its results itself, and says in Cache-Control how long others may. */
export const dynamic = 'force-dynamic'

const root = process.env.PICTURES ?? join(process.cwd(), 'public')
const tintype = await createTintype({ source: { file: { root } } })

export const GET = (request) => tintype.fetch(request)
export const HEAD = GET
export const OPTIONS = GET
