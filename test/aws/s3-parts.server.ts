import { s3 as source } from '../../src/sources/s3.ts'
import { s3 as store } from '../../src/stores/s3.ts'
import { sourceContract } from '../contracts/source.ts'
import { storeContract } from '../contracts/store.ts'
import { addressOf, newBucket, other, server } from './s3-server.ts'

/** The source and the store of S3 keep their contracts against a real server; what they read was written by another client. */
let bucket = ''

const { url: endpoint, region, accessKeyId, secretAccessKey } = server
const place = { endpoint, region, accessKeyId, secretAccessKey, timeoutSeconds: 10, connectSeconds: 3, retries: 1 }

async function put(key: string, bytes: Buffer): Promise<void> {
  const { status } = await other.fetch(addressOf(bucket, key), { method: 'PUT', body: new Uint8Array(bytes) })
  if (status !== 200) throw new Error(`Not put: status ${status}`)
}

sourceContract('s3 on a real server', {
  async open(maxBytes) {
    bucket = await newBucket()
    return source.open({ ...place, bucket, prefix: 'in/', buckets: [], anonymous: false }, { maxBytes })
  },
  put: (key, bytes) => put(`in/${key}`, bytes),
  putOutside: (name, bytes) => put(name, bytes),
  clear: async () => {}, // the next one gets a bucket of its own
})

storeContract('s3 on a real server', async () => store.open({ ...place, bucket: await newBucket(), prefix: 'kept/' }), { bounded: false })
