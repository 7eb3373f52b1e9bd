import type { Endpoint } from './endpoint.ts'
import { always, withBody } from './problem.ts'

/** `healthcheck`, with a slash behind it or without: says that the process answers, and nothing more. `/ready` says more. */
export const healthcheck: Endpoint = {
  at(path) {
    if (path !== '/healthcheck' && path !== '/healthcheck/') return undefined
    return {
      methods: ['GET', 'HEAD'],
      unlimited: true,
      answer: async () => ({
        answer: withBody(200, { ...always, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' }, 'WORKING'),
      }),
    }
  },
}
