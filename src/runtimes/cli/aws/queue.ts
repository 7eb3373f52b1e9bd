import { setTimeout as sleep } from 'node:timers/promises'
import { Misuse, Trouble } from '../command.ts'

/** What is asked of a function behind a queue; it understands these as `{ "tintype": 1, … }`. */
export type Wish = { readonly keys: readonly string[]; readonly presets?: readonly string[]; readonly force?: true }

export type Queue = {
  /** Sends wishes about keys, however many. What did not arrive is sent again some times; then it throws `Trouble`. */
  send(keys: readonly string[], signal: AbortSignal): Promise<void>
  close(): void
}

/** Keys in a message: what one invocation makes with time to spare. */
export const keysInMessage = 25
/** Messages in a call: SQS takes no more. */
export const messagesInCall = 10
/** Bytes of a message: ten of them stay below the 256 KiB of a call. */
const messageBytes = 20_000
/** How often what did not arrive is sent. */
const attempts = 6
const firstPauseMs = 200

/** Opens a queue by its URL, in the region that stands in it; the SDK is loaded here, and nowhere else. */
export async function openQueue(url: string, { presets, force }: Omit<Wish, 'keys'>): Promise<Queue> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Misuse(`--queue: expected the URL of a queue, got "${url}".`, 'It is QueueUrl among the outputs of tintype deploy.')
  }
  // What the SDK would say of the Node it runs on is for us to know, who choose its version.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const { SQS } = await import('@aws-sdk/client-sqs')
  const [, region] = /^sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(new URL(url).host) ?? []
  const client = new SQS({ maxAttempts: attempts, ...(region === undefined ? {} : { region }) })

  async function sendCall(bodies: readonly string[], signal: AbortSignal): Promise<void> {
    let waiting = bodies.map((body, at) => ({ Id: String(at), MessageBody: body }))
    for (let attempt = 1; ; attempt++) {
      const { Failed = [] } = await client.sendMessageBatch({ QueueUrl: url, Entries: waiting }, { abortSignal: signal })
      const [first] = Failed
      if (first === undefined) return
      const hopeless = Failed.find(({ SenderFault }) => SenderFault === true)
      if (hopeless !== undefined || attempt === attempts) {
        const { Code, Message } = hopeless ?? first
        throw new Trouble(`The queue took ${waiting.length - Failed.length} of ${waiting.length} messages: ${Message ?? Code}.`)
      }
      const left = new Set(Failed.map(({ Id }) => Id))
      waiting = waiting.filter(({ Id }) => left.has(Id))
      // Each sender at a time of its own, or all would come back at once.
      await sleep(firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal })
    }
  }

  return {
    async send(keys, signal) {
      const bodies = messagesOf(keys).map((keys) =>
        JSON.stringify({ tintype: 1, keys, ...(presets === undefined ? {} : { presets }), ...(force === true ? { force } : {}) }),
      )
      for (let at = 0; at < bodies.length; at += messagesInCall) {
        try {
          await sendCall(bodies.slice(at, at + messagesInCall), signal)
        } catch (thrown) {
          if (signal.aborted) throw signal.reason
          if (thrown instanceof Trouble || !(thrown instanceof Error)) throw thrown
          throw new Trouble(`The queue does not answer as it should: ${thrown.name}: ${thrown.message}`, undefined, thrown)
        }
      }
    },
    close: () => client.destroy(),
  }
}

/** Keys, parted into messages: so many each, and not too long. */
export function messagesOf(keys: readonly string[]): readonly (readonly string[])[] {
  const messages: string[][] = []
  let bytes = 0
  for (const key of keys) {
    const own = Buffer.byteLength(JSON.stringify(key)) + 1
    const message = messages.at(-1)
    if (message === undefined || message.length === keysInMessage || bytes + own > messageBytes) {
      messages.push([key])
      bytes = own
    } else {
      message.push(key)
      bytes += own
    }
  }
  return messages
}
