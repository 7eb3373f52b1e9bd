import { Failure } from '../errors.ts'
import { openS3 } from '../s3/client.ts'
import { patienceFields, placeFields } from '../s3/fields.ts'
import { S3Store } from './s3-store.ts'
import { defineStore } from './store.ts'

/** A bucket that many processes and machines share. How much it holds is bounded by nothing here: a rule of its lifecycle lets go of what is old. */
export const s3 = defineStore({
  name: 's3',
  doc: 'Keeps entries in a bucket of Amazon S3, or of another service that speaks it. Its lifecycle says how long; nothing here bounds it.',
  options: {
    ...placeFields,
    // A store is a help: what it does not say soon is made anew.
    ...patienceFields(3, 1),
  },
  async open({ bucket, prefix, ...options }) {
    if (bucket === undefined) {
      const parameter = 'TINTYPE_STORE_S3_BUCKET'
      throw new Failure('setting-invalid', `${parameter}: expected the name of a bucket, got nothing.`, { parameter })
    }
    return new S3Store(openS3(options), bucket, prefix)
  },
})
