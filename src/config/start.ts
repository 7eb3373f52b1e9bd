import { Failure } from '../errors.ts'
import type { Settings } from './read.ts'
import { signedOnly } from './signing.ts'

/**
 * Why a server with these settings would be a danger to others: on a public address, fetching whatever URL anyone names, unsigned, or keeping
 * whatever anyone brings. `start-unsafe`, or `undefined` when it may start. Only for what listens; a library is asked by its own program.
 */
export function startProblem(settings: Settings): Failure | undefined {
  const { server, source } = settings
  if (isLoopback(server.host)) return undefined
  if (!source.http.any || signedOnly(settings) || server.openProxy) return writeProblem(settings)
  return new Failure(
    'start-unsafe',
    `With server.host ${server.host} and source.http.any, anyone who reaches this server could fetch any URL through it. ` +
      'Do one of these: name the hosts of your originals in TINTYPE_SOURCE_HTTP_ALLOW (instead of source.http.any), ' +
      'sign URLs with TINTYPE_KEYS (and leave TINTYPE_THUMBOR_UNSAFE out), listen at TINTYPE_SERVER_HOST=127.0.0.1, or mean it with TINTYPE_SERVER_OPEN_PROXY=yes.',
    { parameter: 'server.openProxy' },
  )
}

/** The half of it that belongs to writing, for what anyone can reach at whatever address. */
export function writeProblem({ upload, block }: Settings): Failure | undefined {
  if ((!upload.enabled && !block.put) || upload.token !== undefined || upload.open) return undefined
  const what = upload.enabled
    ? 'upload.enabled, anyone who reaches this service could fill its disk'
    : 'block.put, anyone could block any picture'
  return new Failure(
    'start-unsafe',
    `With ${what}. Do one of these: set a token in TINTYPE_UPLOAD_TOKEN (openssl rand -hex 32), let it be reached from this machine alone, ` +
      'or mean it with TINTYPE_UPLOAD_OPEN=yes.',
    { parameter: 'upload.token' },
  )
}

/** Reached from this machine alone? A name is, when it is `localhost`: where others lead is the resolver's affair. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}
