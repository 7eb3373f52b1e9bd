// The other side of a function: Lambda's Runtime API, as far as the runtime interface client speaks it. Events are handed to whichever worker
// asks next; what it posts is kept to the byte, headers and trailers too.
// See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

/**
 * @typedef {{ kind: 'response' | 'error', headers: import('node:http').IncomingHttpHeaders, trailers: NodeJS.Dict<string>, body: Buffer, milliseconds: number }} Posted
 */

/** Opens the API on loopback. */
export async function openRuntimeApi() {
  /** @type {{ id: string, event: unknown, timeoutMs: number }[]} */
  const queue = []
  /** @type {((invocation: object) => void)[]} */
  const idle = []
  const open = new Map()
  const initErrors = []
  let inFlight = 0
  let most = 0

  const server = createServer(async (request, response) => {
    const path = request.url?.replace('/2018-06-01/runtime/', '')
    if (path === 'invocation/next') {
      const { id, event, timeoutMs } =
        queue.shift() ??
        (await new Promise((resolve) => {
          idle.push(resolve)
          // An instance that has ended waits for nothing.
          response.once('close', () => idle.splice(0, idle.length, ...idle.filter((each) => each !== resolve)))
        }))
      inFlight += 1
      most = Math.max(most, inFlight)
      open.get(id).began = performance.now()
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': id,
        'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:tintype',
      })
      response.end(JSON.stringify(event))
      return
    }
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    await new Promise((resolve) => request.once('end', resolve).once('close', resolve))
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}')
    const body = Buffer.concat(pieces)
    if (path === 'init/error') return initErrors.push(JSON.parse(body.toString()))
    const [, id = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path ?? '') ?? []
    const waiting = open.get(id)
    if (waiting === undefined) return
    open.delete(id)
    inFlight -= 1
    const { headers, trailers, complete } = request
    waiting.resolve({ kind, headers, trailers, body, complete, milliseconds: performance.now() - waiting.began })
  })
  server.requestTimeout = 0
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${server.address().port}`
  const workers = []

  return {
    initErrors,
    /** The most invocations that ran at once since the last call. */
    takeMost() {
      const taken = most
      most = inFlight
      return taken
    },
    /** Hands an event to the next free worker. @returns {Promise<Posted>} */
    invoke(event, timeoutMs = 30_000) {
      const id = randomUUID()
      const invocation = { id, event, timeoutMs }
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('Nothing was posted in time.')), timeoutMs + 5000)
        open.set(id, {
          resolve: (posted) => {
            clearTimeout(late)
            resolve(posted)
          },
        })
        const next = idle.shift()
        if (next === undefined) queue.push(invocation)
        else next(invocation)
      })
    },
    /** Starts an instance: the client on this Node, with the environment that Lambda gives. */
    start({ node, ric, code, handler, env }) {
      const worker = spawn(node, [ric, handler], {
        cwd: code,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: '/usr/bin:/bin',
          LANG: 'en_US.UTF-8',
          TZ: ':UTC',
          ...{ AWS_LAMBDA_RUNTIME_API: host, LAMBDA_TASK_ROOT: code, LAMBDA_RUNTIME_DIR: code, _HANDLER: handler },
          ...{ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
          ...{ AWS_LAMBDA_FUNCTION_NAME: 'tintype', AWS_LAMBDA_FUNCTION_VERSION: '$LATEST', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' },
          ...{ AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/tintype', AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0' },
          ...{ AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', MALLOC_ARENA_MAX: '2' },
          ...env,
        },
      })
      let output = ''
      for (const stream of [worker.stdout, worker.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          output = (output + text).slice(-20_000)
        })
      }
      const ended = new Promise((resolve) => worker.once('close', resolve))
      workers.push({ worker, ended })
      return { output: () => output }
    },
    /** Ends every instance. */
    async stopWorkers() {
      for (const { worker } of workers) worker.kill('SIGKILL')
      await Promise.all(workers.splice(0).map(({ ended }) => ended))
      server.closeAllConnections()
      idle.length = 0
    },
    async close() {
      await this.stopWorkers()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
