import type { CloudFormation } from '@aws-sdk/client-cloudformation'
import { Misuse, Trouble } from '../command.ts'

/** CloudFormation in one region, with the credentials and the endpoint that AWS's own tools would take. */
export type Cloud = {
  readonly region: string
  /** One call. What AWS refuses throws `Refused`; an aborted signal, its reason. */
  ask<T>(call: (client: CloudFormation, options: { readonly abortSignal: AbortSignal }) => Promise<T>, signal: AbortSignal): Promise<T>
  close(): void
}

/** What AWS answered in place of what was asked for. */
export class Refused extends Trouble {
  override readonly name: string = 'Refused'
  /** Its own word: `AccessDenied`, `ValidationError`. */
  readonly code: string

  constructor(code: string, message: string, hint: string | undefined, cause: unknown) {
    super(message, hint, cause)
    this.code = code
  }
}

/** Calls that are tried again, with growing pauses, when AWS says that there were too many or that it failed. */
const attempts = 6

/** Opens CloudFormation; the SDK is loaded here, and nowhere else. Without a region, that of the environment or the profile. */
export async function openCloud(region: string | undefined): Promise<Cloud> {
  // What the SDK would say of the Node it runs on is for us to know, who choose its version.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const { CloudFormation } = await import('@aws-sdk/client-cloudformation')
  const client = new CloudFormation({ maxAttempts: attempts, ...(region === undefined ? {} : { region }) })
  const found = await client.config.region().catch(() => undefined)
  if (found === undefined || !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(found)) {
    throw new Misuse(
      found === undefined ? 'There is no region.' : `--region: expected a region such as eu-central-1, got "${found}".`,
      'Give --region eu-central-1, or set AWS_REGION.',
    )
  }
  return {
    region: found,
    ask: async (call, signal) => {
      signal.throwIfAborted()
      try {
        return await call(client, { abortSignal: signal })
      } catch (thrown) {
        if (signal.aborted) throw signal.reason
        throw refusal(thrown)
      }
    },
    close: () => client.destroy(),
  }
}

/** In words, with a way out where there is one. */
function refusal(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  const { name, message } = thrown
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    const { AWS_PROFILE: profile } = process.env
    return new Refused(
      name,
      profile === undefined
        ? 'There are no credentials of AWS.'
        : `The profile "${profile}" (AWS_PROFILE) gives no credentials: ${message}`,
      'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; "aws sso login" renews those of SSO.',
      thrown,
    )
  }
  if (/ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch/.test(name)) {
    return new Refused(name, `AWS does not take these credentials: ${message}`, 'Get new ones: "aws sso login", or a new key.', thrown)
  }
  if (/AccessDenied/.test(name)) {
    return new Refused(name, message, 'Whoever deploys needs this right: see docs/guide/aws.md.', thrown)
  }
  if ('code' in thrown && /^E[A-Z]+$/.test(String(thrown.code))) {
    return new Refused(
      name,
      `AWS could not be reached: ${message || String(thrown.code)}.`,
      'Check the network, the region and AWS_ENDPOINT_URL.',
      thrown,
    )
  }
  // What stands at a wrong endpoint, or a proxy on the way, speaks otherwise; the SDK tells how it stumbled over that.
  if (/deserialization error/i.test(message)) {
    const { $response: answer } = thrown as { readonly $response?: { readonly statusCode?: number } }
    return new Refused(
      name,
      `What answered (HTTP ${answer?.statusCode ?? 'unknown'}) does not speak as CloudFormation does.`,
      'Check AWS_ENDPOINT_URL, and proxies.',
      thrown,
    )
  }
  return new Refused(name, message, undefined, thrown)
}
