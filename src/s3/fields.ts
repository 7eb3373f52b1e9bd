import { boolean, custom, integer, number, text } from '../schema/fields.ts'
import { bucketPattern, keyProblem } from './names.ts'

/** The fields that whatever stands on S3 has in common: `TINTYPE_SOURCE_S3_…`, `TINTYPE_STORE_S3_…`. */
export const placeFields = {
  bucket: text({ doc: 'Name of the bucket.', max: 255, pattern: bucketPattern, expected: 'the name of a bucket' }),
  prefix: custom({
    doc: 'What all keys in the bucket begin with, like the name of a folder; a slash is put at its end.',
    expected: 'the beginning of a key, without a leading slash and without the segments . and ..',
    read: readPrefix,
    print: String,
    fallback: '',
  }),
  region: text({
    doc: 'Region of the bucket; AWS_REGION unless given, else us-east-1.',
    pattern: /^[A-Za-z0-9-]{1,32}$/,
    expected: 'the name of a region, such as eu-west-1',
  }),
  endpoint: custom({
    doc: "URL of another service that speaks S3; AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL unless given, else Amazon's own.",
    expected: 'an http or https URL without credentials, query and fragment',
    read: readEndpoint,
    print: String,
  }),
  pathStyle: boolean({ doc: 'Names the bucket in the path instead of the host; where the endpoint is an address that is done anyway.' }),
  accessKeyId: text({
    doc: 'Id of a key, with its secret beside it. Without both, credentials are found where the tools of AWS find them: environment, profile, container, web identity, instance.',
    max: 256,
    pattern: /^[\x21-\x7e]+$/,
    expected: 'the id of a key',
    secret: true,
  }),
  secretAccessKey: text({ doc: 'Secret of that key.', max: 256, pattern: /^[\x21-\x7e]+$/, expected: 'the secret of a key', secret: true }),
}

/** How long is waited; a source and a store differ in how long it is worth it. */
export const patienceFields = (timeoutSeconds: number, retries: number) => ({
  timeoutSeconds: number({
    doc: 'Longest time for a call, retries included.',
    unit: 'seconds',
    min: 0.05,
    max: 600,
    fallback: timeoutSeconds,
  }),
  connectSeconds: number({ doc: 'Longest time to connect, TLS included.', unit: 'seconds', min: 0.05, max: 600, fallback: 3 }),
  retries: integer({ doc: 'Times that a failure which may pass is tried again.', min: 0, max: 10, fallback: retries }),
})

function readPrefix(value: string): string | undefined {
  const prefix = value === '' || value.endsWith('/') ? value : `${value}/`
  if (prefix === '') return prefix
  return prefix.startsWith('/') || keyProblem(prefix) !== undefined || Buffer.byteLength(prefix) > 512 ? undefined : prefix
}

/** Canonical, without a slash at its end. */
export function readEndpoint(value: string): string | undefined {
  if (!/^https?:\/\/[^/\\\s][^\\\s]*$/i.test(value) || !URL.canParse(value)) return undefined
  const url = new URL(value)
  if (url.username !== '' || url.password !== '' || /[?#]/.test(value)) return undefined
  return url.href.replace(/\/+$/, '')
}
