// Ceph's own S3 server, radosgw, with its data in memory: monitor, one OSD and gateway as plain processes of the user, on loopback. It is what runs
// behind many S3-compatible services, checks every signature as AWS does, and keeps any key as it is. Debian and Ubuntu package it; its packages
// are unpacked into a cache folder and nothing is installed, so neither root nor a container is needed.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const wanted = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-base', 'ceph-common']
/** Of what these need, only libraries and Ceph itself: no service manager, no Python, no tools for disks. */
const needed = /^(?:ceph|radosgw|lib)/

/** Why there is no server on this machine: a test that cannot run is no failure, and no success either. */
export class Unavailable extends Error {}

/**
 * The folder that Ceph lies in, fetched and unpacked once.
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<string>}
 */
export async function fetchCeph({ cache, log, signal }) {
  const place = join(cache, `radosgw-${process.arch}`)
  if (existsSync(place)) return place
  for (const program of ['apt-get', 'dpkg-deb', 'tar', 'setpriv']) {
    if ((await run('which', [program], { signal })).code !== 0) throw new Unavailable(`There is no ${program} to fetch Ceph with.`)
  }
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'radosgw-'))
  try {
    await unpack(work, { log, signal })
    await rename(join(work, 'root'), place) // whole or not at all: a run that was cut short leaves no half of it
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 })
  }
  return place
}

async function unpack(work, { log, signal }) {
  const began = performance.now()
  const lists = join(work, 'lists')
  const packages = join(work, 'packages')
  const root = join(work, 'root')
  for (const folder of [join(lists, 'partial'), join(packages, 'partial'), root]) await mkdir(folder, { recursive: true })
  // Own lists and archives: those of the machine may be empty or old, and are not ours to renew.
  const own = {
    'Dir::State::lists': lists,
    'Dir::Cache': work,
    'Dir::Cache::archives': packages,
    'APT::Sandbox::User': '',
    'Debug::NoLocking': '1',
  }
  const options = ['-qq', ...Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
  let warned = ''
  const apt = async (...args) => {
    const { code, output } = await run('apt-get', [...options, ...args], { signal, cwd: packages })
    if (code !== 0) throw new Unavailable(`apt-get ${args[0]}: ${warned}${output.trim().split('\n').at(-1)}`)
    return output
  }
  // An update that reached nobody ends well, with a warning.
  const [warning] = (await apt('update')).split('\n')
  if (warning !== '') warned = `${warning} `
  const plan = await apt('install', '--print-uris', '--no-install-recommends', ...wanted)
  const names = [...plan.matchAll(/^'\S+' (?<name>[^_\s]+)_\S+\.deb /gm)]
    .map(({ groups }) => groups.name)
    .filter((name) => needed.test(name))
  if (names.length > 0) await apt('download', ...names)
  await shell('for package in *.deb; do [ ! -e "$package" ] || dpkg-deb --extract "$package" "$0"; done', [root], { signal, cwd: packages })
  for (const part of ['usr/share', 'usr/include']) await rm(join(root, part), { recursive: true, force: true })
  log(`fetched Ceph: ${names.length} packages in ${((performance.now() - began) / 1000).toFixed(1)} s`)
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

/** Programs and libraries of `root` before those of the machine, where Ceph may be installed already. */
function environment(root) {
  const libraries = [...libraryFolders(root), ...libraryFolders(root).map((folder) => join(folder, 'ceph'))]
  return { PATH: [join(root, 'usr/bin'), process.env.PATH].join(delimiter), LD_LIBRARY_PATH: libraries.join(':') }
}

function libraryFolders(root) {
  const machine = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch]
  return [join(root, 'lib', machine), join(root, 'usr/lib', machine)]
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

async function shell(script, args, options) {
  const { code, output } = await run('sh', ['-ec', script, ...args], options)
  if (code !== 0) throw new Error(`${script}: ${output.slice(-2000)}`)
}

/** The exit code of a program, and what it printed. */
function run(program, args, { signal, cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.once('error', (error) => (error.code === 'ENOENT' ? resolve({ code: 127, output: error.message }) : reject(error)))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
