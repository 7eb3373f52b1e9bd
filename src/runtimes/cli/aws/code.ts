import { openS3 } from '../../../s3/client.ts'
import { type Context, Trouble } from '../command.ts'
import type { Cloud } from './cloud.ts'
import { upload } from './code-bucket.ts'
import type { Template } from './template.ts'

/** Where the code and the template lie for CloudFormation. */
export type Uploaded = { readonly codeKey: string; readonly templateUrl: string }

/** Longest time to send one file: the code is some 20 MB, and the way out of a home may be narrow. */
const uploadSeconds = 900

/**
 * Packs the code, and puts it and the template into the bucket unless they are there. Names hold hashes, so that nothing is ever overwritten.
 * A dry run sends the template alone, which CloudFormation must read: it is too long to go with the question.
 */
export async function uploadAll(
  cloud: Cloud,
  bucket: string,
  template: Template,
  { architecture, dryRun }: { readonly architecture: string; readonly dryRun: boolean },
  { err: { line, ink } }: Context,
  signal: AbortSignal,
): Promise<Uploaded> {
  line(`${ink('dim', 'Packing')} the code for ${architecture}.`)
  const { packageCode } = await import('./package-code.ts')
  const code = await packageCode({ architecture: architecture === 'arm64' ? 'arm64' : 'x64', signal }).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason
    throw new Trouble(cause instanceof Error ? cause.message : String(cause), 'Nothing was changed.', cause)
  })
  const s3 = openS3({ region: cloud.region, timeoutSeconds: uploadSeconds })
  try {
    const codeKey = `tintype/${architecture}/${code.sha256}.zip`
    const templateKey = `tintype/template/${template.sha256}.json`
    if (!dryRun) {
      const sent = await upload(s3, bucket, codeKey, async () => Buffer.from(code.zip), 'application/zip', signal)
      const size = `${(code.zip.length / 1e6).toFixed(1)} MB`
      line(sent ? `${ink('dim', 'Sent')} ${size} to ${bucket}.` : `${ink('dim', 'Nothing sent:')} ${bucket} has this code already.`)
    }
    await upload(s3, bucket, templateKey, async () => Buffer.from(template.text), 'application/json', signal)
    const china = cloud.region.startsWith('cn-') ? '.cn' : ''
    return { codeKey, templateUrl: `https://${bucket}.s3.${cloud.region}.amazonaws.com${china}/${templateKey}` }
  } finally {
    await s3.close()
  }
}
