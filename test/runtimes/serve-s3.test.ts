import { openFakeS3 } from '../fake-s3.ts'
import { s3ServeSuite } from '../s3-serve-suite.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }

s3ServeSuite('a fake S3', async () => {
  const buckets = ['originals', 'results', 'second'] as const
  const { url: endpoint, close } = await openFakeS3({ ...account, buckets })
  return { endpoint, ...account, buckets, close }
})
