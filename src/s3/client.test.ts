import { openFakeS3 } from '../../test/fake-s3.ts'
import { s3Suite } from '../../test/s3-suite.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

s3Suite('The fake', async () => {
  const fake = await openFakeS3({ ...account, region: 'eu-west-1' })
  return { ...account, endpoint: fake.url, region: 'eu-west-1', bucket: 'bucket', close: () => fake.close() }
})
