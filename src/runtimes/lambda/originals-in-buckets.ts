import type { Settings } from '../../config/read.ts'

/** What a source of the kind `s3` says of where its originals lie. */
type Place = { readonly bucket?: string; readonly prefix?: string; readonly buckets?: readonly string[] }

/** The keys by which an object is asked for: one for each source that has it, none when it is no original of ours. */
export function keysOfObject({ source, sources }: Settings, bucket: string, object: string): readonly string[] {
  const { s3, file, http } = source
  // Keys without a name belong to the bucket where there is no folder and no base.
  const isDefault = file.root === undefined && http.base === undefined
  const named = sources.filter(({ kind }) => kind === 's3').map(({ name, options }) => ({ name: `${name}:`, options: options as Place }))
  return [{ name: isDefault ? '' : 's3:', options: s3 }, ...named].flatMap(({ name, options }) => {
    const { prefix = '', buckets = [] } = options
    if (options.bucket === bucket) return object.startsWith(prefix) ? [name + object.slice(prefix.length)] : []
    return buckets.includes(bucket) ? [`${name === '' ? 's3:' : name}//${bucket}/${object}`] : []
  })
}
