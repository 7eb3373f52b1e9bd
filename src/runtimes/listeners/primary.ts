import cluster, { type Worker } from 'node:cluster'
import { stopOnSignals } from '../stop-signals.ts'
import { ListenerKeeper, type News, type Started } from './keeper.ts'
import { type Place, placeVariable, type Upward } from './messages.ts'

/**
 * Starts so many processes of this very program, with its words and its environment, and hands the connections that come to their port around
 * among them. Resolves with the exit code when all is over.
 * @param note  Takes lines for whoever watches.
 */
export function serveTogether(count: number, note: (line: string) => void): Promise<number> {
  // Each connection to the next of them. Left to the system, all connections of a proxy in front may come to lie with one process.
  cluster.schedulingPolicy = cluster.SCHED_RR
  return new Promise((resolve) => {
    let stopped: ((code: number) => void) | undefined
    const end = (code: number): void => (stopped ?? resolve)(code)
    const keeper = new ListenerKeeper({ count, start, note, end })
    process.once('exit', () => keeper.kill()) // whatever ends this process ends them
    stopOnSignals(async () => {
      note('Stopping: what was asked is still answered.')
      const code = await new Promise<number>((settle) => {
        stopped = settle
        keeper.stop()
      })
      if (code !== 0) throw new Error('A serving process did not end in order.')
    })
  })
}

function start(place: Place, news: News): Started {
  const worker = cluster.fork({ [placeVariable]: JSON.stringify(place) })
  const closeUntaken = watchHandedOver(worker)
  worker.on('listening', ({ port }) => news.up(port))
  worker.on('message', (message: Upward) => news.heard(message))
  // Without a process there is no exit either.
  let told = false
  const gone = (code: number | null, signal: string | null): void => {
    if (told) return
    told = true
    closeUntaken()
    news.gone(code, signal)
  }
  worker.on('exit', gone)
  worker.on('error', () => {
    if (worker.process.pid === undefined) gone(1, null)
  })
  return {
    send: (message) => {
      if (worker.isConnected()) worker.send(message, undefined, () => {}) // who has gone is told of by its exit
    },
    kill: () => {
      worker.process.kill('SIGKILL')
    },
  }
}

/**
 * Closes the connection that was on its way to a process when that was lost: its client would wait without end, for Node (24 and before) forgets
 * it there. There is one at most, the last that was sent; closing one that was taken, and closed here long ago, does nothing.
 */
function watchHandedOver(worker: Worker): () => void {
  const child = worker.process
  const send = child.send.bind(child) as (...given: unknown[]) => boolean
  let last: { close?: () => void } | undefined
  child.send = (...given: unknown[]): boolean => {
    if (typeof given[1] === 'object' && given[1] !== null) last = given[1]
    return send(...given)
  }
  return () => last?.close?.()
}
