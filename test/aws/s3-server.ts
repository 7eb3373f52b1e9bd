import { randomBytes } from 'node:crypto'
import { AwsClient } from 'aws4fetch'

/** The real S3 server that `npm run test:aws` started, and its one user. */
export type S3Server = { readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string; readonly region: string }

export const server: S3Server = JSON.parse(process.env.TINTYPE_TEST_S3 ?? 'null') ?? stop()

function stop(): never {
  throw new Error('There is no S3 server: npm run test:aws -- s3-server')
}

/** A client that is none of ours: what it wrote is read by ours, and the other way round. */
export const other = new AwsClient({ ...server, service: 's3', retries: 0 })

/** A bucket that nobody else uses. */
export async function newBucket(): Promise<string> {
  const bucket = `test-${randomBytes(8).toString('hex')}`
  const { status } = await other.fetch(`${server.url}/${bucket}`, { method: 'PUT' })
  if (status !== 200) throw new Error(`No bucket: status ${status}`)
  return bucket
}

/** Where an object lies, its key encoded as S3 signs it. */
export function addressOf(bucket: string, key: string): string {
  const escaped = encodeURIComponent(key).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${server.url}/${bucket}/${escaped.replaceAll('%2F', '/')}`
}
