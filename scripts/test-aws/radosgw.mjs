// Ceph's own S3 server, radosgw, with its data in memory: monitor, one OSD and gateway as plain processes of the user, on loopback. It is what runs
// behind many S3-compatible services, checks every signature as AWS does, and keeps any key as it is.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment, fetchPackages, libraryFolders, Unavailable } from './debian.mjs'
import { run } from './run.mjs'

const wanted = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-base', 'ceph-common']
/** Of what these need, only libraries and Ceph itself: no service manager, no Python, no tools for disks. */
const needed = /^(?:ceph|radosgw|lib)/

/**
 * The folder that Ceph lies in, fetched and unpacked once.
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<string>}
 * @throws {Unavailable}
 */
export async function fetchCeph(tools) {
  // Its processes are to end with this one, however that ends.
  if ((await run('which', ['setpriv'], tools)).code !== 0) throw new Unavailable('There is no setpriv to run Ceph with.')
  return fetchPackages('radosgw', { wanted, needed }, tools)
}

/**
 * A server of its own with one user. Its processes end with `stop`, and with this process however that ends.
 * @param {string} root  What `fetchCeph` gave.
 * @param {{ accessKeyId: string, secretAccessKey: string, log: (line: string) => void, signal: AbortSignal }} options
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startRadosgw(root, { accessKeyId, secretAccessKey, log, signal }) {
  const began = performance.now()
  const data = await mkdtemp(join(tmpdir(), 'tintype-radosgw-'))
  const env = environment(root)
  const children = []
  const ask = async (program, ...args) => {
    const { code, output } = await run(program, args, { signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]), cwd: data, env })
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${output.slice(-2000)}`)
  }
  const serve = (program, ...args) => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, '-f', ...args], { cwd: data, env, stdio: 'ignore' })
    children.push({ child, ended: new Promise((resolve) => child.once('close', resolve)) })
  }
  const stop = async () => {
    for (const { child } of children) child.kill('SIGKILL') // nothing of it is to be kept
    await Promise.all(children.map(({ ended }) => ended))
    await rm(data, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const [monitor, gateway] = await freePorts(2)
    const conf = ['-c', 'ceph.conf']
    const fsid = randomUUID()
    for (const folder of ['mon', 'osd', 'run']) await mkdir(join(data, folder))
    await writeFile(join(data, 'ceph.conf'), configuration(root, data, fsid, monitor))
    await ask('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitor}]`, 'monmap')
    await ask('osdmaptool', '--createsimple', '1', '--clobber', 'osdmap')
    await ask('ceph-mon', ...conf, '--mkfs', '-i', 'a', '--monmap', 'monmap', '--osdmap', 'osdmap')
    serve('ceph-mon', ...conf, '-i', 'a')
    await ask('ceph-osd', ...conf, '-i', '0', '--mkfs', '--osd-uuid', randomUUID())
    serve('ceph-osd', ...conf, '-i', '0')
    await ask(
      'radosgw-admin',
      ...conf,
      'user',
      'create',
      '--uid=test',
      '--display-name=test',
      '--access-key',
      accessKeyId,
      '--secret-key',
      secretAccessKey,
    )
    serve('radosgw', ...conf, '-n', 'client.rgw', '--rgw-frontends', `beast endpoint=127.0.0.1:${gateway} tcp_nodelay=1`)
    const url = `http://127.0.0.1:${gateway}`
    await answers(url, signal)
    log(`radosgw answers after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return { url, stop }
  } catch (error) {
    const logs = await Promise.all(
      ['mon.a', 'osd.0', 'client.rgw'].map((name) => readFile(join(data, `${name}.log`), 'utf8').catch(() => '')),
    )
    for (const line of logs.join('').split('\n').slice(-20)) log(line)
    await stop()
    throw error
  }
}

/** One copy of everything, in memory, without keys between the parts: they meet on loopback alone. */
function configuration(root, data, fsid, port) {
  const library = (path) =>
    [...libraryFolders(root), ...libraryFolders('/')].map((folder) => join(folder, path)).find((folder) => existsSync(folder))
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${port}
public addr = 127.0.0.1
ms mon client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${data}/run
crash dir = ${data}/run
admin socket =
pid file =
log file = ${data}/$name.log
mon cluster log file = ${data}/cluster.log
plugin dir = ${library('ceph')}
erasure code dir = ${library('ceph/erasure-code')}
osd class dir = ${library('rados-classes')}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 2147483648
mon allow pool size one = true
mon max pg per osd = 1000
# Rounds of agreement need not be gathered where one monitor agrees with itself: 1 s to start instead of 12.
paxos propose interval = 0.02
[mon.a]
mon data = ${data}/mon
[osd.0]
osd data = ${data}/osd
`
}

/** Ports of loopback that nobody has; asked for together, so that they differ. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function answers(url, signal) {
  for (let tries = 0; tries < 600; tries++) {
    const { ok } = await fetch(url, { signal }).catch(() => ({ ok: false }))
    if (ok) return
    await sleep(100, undefined, { signal })
  }
  throw new Error('radosgw did not answer within 60 s.')
}
