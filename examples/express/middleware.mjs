/**
 * Middleware for Express, Connect, Polka: answers what lies below the prefix of the service, and leaves everything else to the next.
 * Mount it without a path: Express cuts the path of a mount from `request.url`, and a signature is made over the whole of it.
 * @param {import('tintype').Tintype} tintype
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, next: () => void) => void}
 */
export function pictures(tintype) {
  const below = `${tintype.settings.server.prefix}/`
  return (request, response, next) => {
    if (request.url?.startsWith(below)) tintype.listener(request, response)
    else next()
  }
}
