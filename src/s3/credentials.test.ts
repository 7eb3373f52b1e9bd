import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failure } from '../errors.ts'
import { type Credentials, findCredentials, keyring } from './credentials.ts'

const live = new AbortController().signal
const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

describe('a keyring', () => {
  it('searches once, however many wait, and keeps what it finds', async () => {
    let searches = 0
    const ring = keyring(async () => {
      searches++
      await new Promise((resolve) => setTimeout(resolve, 10))
      return key
    })
    const all = await Promise.all(Array.from({ length: 50 }, () => ring.get(new AbortController().signal)))
    expect(all.every((each) => each === key)).toBe(true)
    await ring.get(live)
    expect(searches).toBe(1)
  })

  it('finds anew five minutes before the end, not at every call, and goes on with the old while that is good', async () => {
    let now = 0
    let searches = 0
    let found: () => Credentials = () => ({ ...key, expiration: new Date(3_600_000) })
    const ring = keyring(
      async () => {
        searches++
        return found()
      },
      () => now,
    )
    const first = await ring.get(live)
    now = 3_600_000 - 300_001
    expect(await ring.get(live)).toBe(first)
    expect(searches).toBe(1)
    found = () => {
      throw new Error('down')
    }
    now += 2
    expect(await ring.get(live)).toBe(first)
    expect(await ring.get(live)).toBe(first)
    expect(searches).toBe(2)
    now = 3_600_001
    expect(await ring.get(live)).toMatchObject({ code: 'origin-failed', cause: new Error('down') })
    found = () => ({ ...key, expiration: new Date(9_000_000) })
    now += 5001
    expect(await ring.get(live)).toMatchObject({ expiration: new Date(9_000_000) })
    expect(searches).toBe(4)
  })

  it('takes those that have ended for none', async () => {
    const ring = keyring(async () => ({ ...key, expiration: new Date(5) }))
    expect(await ring.get(live)).toMatchObject({ code: 'origin-failed' })
  })

  it('says in safe words that there are none, and does not search again at once', async () => {
    let now = 0
    let searches = 0
    const find = async (): Promise<Credentials> => {
      searches++
      throw new Error('looked at /home/someone/.aws')
    }
    const ring = keyring(find, () => now)
    for (let n = 0; n < 3; n++) {
      const got = await ring.get(live)
      expect(got).toMatchObject({ code: 'origin-failed' })
      expect((got as Failure).message).not.toContain('someone')
    }
    expect(searches).toBe(1)
    now = 5001
    await ring.get(live)
    expect(searches).toBe(2)
  })

  it('searches again for those that the service refused', async () => {
    let searches = 0
    const ring = keyring(async () => ({ ...key, secretAccessKey: String(++searches) }))
    const first = await ring.get(live)
    if (first instanceof Failure) throw first
    ring.refuse(first)
    ring.refuse(first)
    expect(await ring.get(live)).toMatchObject({ secretAccessKey: '2' })
    ring.refuse(first) // an older answer, late
    expect(await ring.get(live)).toMatchObject({ secretAccessKey: '2' })
  })

  it('lets one leave while others wait', async () => {
    let done: (value: Credentials) => void = () => {}
    const ring = keyring(() => new Promise((resolve) => (done = resolve)))
    const leaving = new AbortController()
    const gone = ring.get(leaving.signal)
    const stays = ring.get(live)
    leaving.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    done(key)
    expect(await stays).toBe(key)
  })
})

describe('credentials as the tools of AWS find them', () => {
  let folder: string
  let server: Server
  let url: string
  let asked: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[]
  const expiration = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-credentials-'))
    server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      const answer = answerOf(request.url ?? '')
      response.writeHead(answer === undefined ? 404 : 200)
      response.end(answer)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    asked = []
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
    vi.stubEnv('HOME', folder)
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'))
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  const json = (token: string): string =>
    JSON.stringify({ Code: 'Success', AccessKeyId: 'AKREMOTE', SecretAccessKey: 'remote', Token: token, Expiration: expiration })

  function answerOf(path: string): string | undefined {
    if (path === '/container') return json('of the container')
    if (path === '/latest/api/token') return 'session-token'
    if (path.endsWith('/security-credentials/')) return 'role-name'
    if (path.endsWith('/security-credentials/role-name')) return json('of the instance')
    if (path !== '/') return undefined
    const space = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
    const credentials =
      '<AccessKeyId>AKWEB</AccessKeyId><SecretAccessKey>web</SecretAccessKey>' +
      `<SessionToken>of the web identity</SessionToken><Expiration>${expiration}</Expiration>`
    return (
      `<AssumeRoleWithWebIdentityResponse ${space}><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials>` +
      '<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/role/name</Arn><AssumedRoleId>AR:name</AssumedRoleId></AssumedRoleUser>' +
      '</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>'
    )
  }

  it('in the environment, as on Lambda', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKENV')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'env')
    expect(await findCredentials()).toEqual({ accessKeyId: 'AKENV', secretAccessKey: 'env' })
    vi.stubEnv('AWS_SESSION_TOKEN', 'token')
    expect(await findCredentials()).toEqual({ accessKeyId: 'AKENV', secretAccessKey: 'env', sessionToken: 'token' })
    expect(asked).toEqual([])
  })

  it('in a profile', async () => {
    const file = join(folder, 'profiles')
    await writeFile(
      file,
      '[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key = default\n[work]\naws_access_key_id = AKWORK\naws_secret_access_key = work\naws_session_token = t\n',
    )
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file)
    expect(await findCredentials()).toMatchObject({ accessKeyId: 'AKDEFAULT', secretAccessKey: 'default' })
    vi.stubEnv('AWS_PROFILE', 'work')
    expect(await findCredentials()).toMatchObject({ accessKeyId: 'AKWORK', secretAccessKey: 'work', sessionToken: 't' })
  })

  it('of a container', async () => {
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${url}/container`)
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'Bearer abc')
    expect(await findCredentials()).toMatchObject({
      ...{ accessKeyId: 'AKREMOTE', secretAccessKey: 'remote', sessionToken: 'of the container' },
      expiration: new Date(expiration),
    })
    expect(asked).toMatchObject([{ method: 'GET', url: '/container', headers: { authorization: 'Bearer abc' } }])
  })

  it('of a web identity', async () => {
    const file = join(folder, 'token')
    await writeFile(file, 'web-identity-token')
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file)
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/role')
    vi.stubEnv('AWS_ENDPOINT_URL_STS', url)
    vi.stubEnv('AWS_REGION', 'eu-west-1')
    expect(await findCredentials()).toMatchObject({
      ...{ accessKeyId: 'AKWEB', secretAccessKey: 'web', sessionToken: 'of the web identity' },
      expiration: new Date(expiration),
    })
    const [{ body } = { body: '' }] = asked
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      WebIdentityToken: 'web-identity-token',
    })
  })

  it('of an instance, by IMDSv2', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined)
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', url)
    expect(await findCredentials()).toMatchObject({ accessKeyId: 'AKREMOTE', secretAccessKey: 'remote', sessionToken: 'of the instance' })
    expect(asked[0]).toMatchObject({ method: 'PUT', url: '/latest/api/token' })
    expect(asked.slice(1).every(({ headers }) => headers['x-aws-ec2-metadata-token'] === 'session-token')).toBe(true)
  })

  it('nowhere', async () => {
    expect(await keyring(findCredentials).get(live)).toMatchObject({
      code: 'origin-failed',
      message: 'There are no credentials with which the bucket could be asked.',
    })
  })
})
