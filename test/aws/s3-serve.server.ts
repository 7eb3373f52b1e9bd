import { s3ServeSuite } from '../s3-serve-suite.ts'
import { newBucket, server } from './s3-server.ts'

s3ServeSuite('a real S3 server', async () => {
  const { url: endpoint, ...who } = server
  return { endpoint, ...who, buckets: [await newBucket(), await newBucket(), await newBucket()] }
})
