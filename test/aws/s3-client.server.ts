import { s3Suite } from '../s3-suite.ts'
import { newBucket, server } from './s3-server.ts'

s3Suite('a real S3 server', async () => {
  const { url: endpoint, ...who } = server
  // Ceph reads x-amz-copy-if-match, a name of its own, and so looks at no condition that S3 would know.
  return { endpoint, ...who, bucket: await newBucket(), copiesAlways: true }
})
