import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A queue on loopback that speaks the JSON protocol of SQS, as far as sending goes, and holds senders to its limits. */
export type FakeSqs = {
  readonly url: string
  readonly bodies: string[]
  /** Messages of each call. */
  readonly calls: number[]
  /** How many messages of the next calls are not taken; taken off as they are used. */
  /** Called with each call, before it is answered. */
  onCall: (() => void) | undefined
  readonly refusals: { count: number; mine: boolean }[]
  close(): Promise<void>
}

type Entry = { readonly Id: string; readonly MessageBody: string }

export async function openFakeSqs(): Promise<FakeSqs> {
  const bodies: string[] = []
  const calls: number[] = []
  const refusals: FakeSqs['refusals'] = []
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const fail = (type: string): void => {
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: type }))
    }
    if (!/^AWS4-HMAC-SHA256 /.test(message.headers.authorization ?? '')) return fail('MissingAuthenticationToken')
    if (message.headers['x-amz-target'] !== 'AmazonSQS.SendMessageBatch') return fail('InvalidAction')
    const { QueueUrl, Entries } = JSON.parse(text) as { readonly QueueUrl: string; readonly Entries: readonly Entry[] }
    if (!QueueUrl.endsWith('/123456789012/tintype')) return fail('QueueDoesNotExist')
    if (Entries.length > 10) return fail('TooManyEntriesInBatchRequest')
    if (Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0) > 262_144) return fail('BatchRequestTooLong')
    calls.push(Entries.length)
    fake.onCall?.()
    const { count = 0, mine = false } = refusals.shift() ?? {}
    const taken = Entries.slice(count)
    bodies.push(...taken.map(({ MessageBody }) => MessageBody))
    const answer = {
      Successful: taken.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: `m${Id}`,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      })),
      Failed: Entries.slice(0, count).map(({ Id }) => ({ Id, SenderFault: mine, Code: 'InternalError', Message: 'It could not be taken' })),
    }
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const fake: FakeSqs = {
    onCall: undefined,
    url: `http://127.0.0.1:${port}/123456789012/tintype`,
    bodies,
    calls,
    refusals,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fake
}
