import type { Credentials } from './credentials.ts'

/** Where Amazon's own names of variables are read: its tools lay them down, and what runs on its machines finds them set. */

/** Region and endpoint as the environment has them. */
export function placeInEnvironment(): { readonly region?: string; readonly endpoint?: string } {
  const region = said('AWS_REGION') ?? said('AWS_DEFAULT_REGION')
  const endpoint = said('AWS_ENDPOINT_URL_S3') ?? said('AWS_ENDPOINT_URL')
  return { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) }
}

/** Credentials that stand in the environment itself, as on Lambda. */
export function credentialsInEnvironment(): Credentials | undefined {
  const accessKeyId = said('AWS_ACCESS_KEY_ID')
  const secretAccessKey = said('AWS_SECRET_ACCESS_KEY')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  const sessionToken = said('AWS_SESSION_TOKEN')
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** An empty variable says nothing. */
function said(name: string): string | undefined {
  const value = process.env[name]
  return value === undefined || value === '' ? undefined : value
}
