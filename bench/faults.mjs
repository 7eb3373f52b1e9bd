// What breaks while pictures are served, and what is lost by it. Every fault is a row: what was done, what was seen, whether that is right.
// Nothing counts as lost but this: a picture whose bytes are not those that an undisturbed server gives, and an answer that never came.
import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fetchAll, fetchPicture, startServer } from './server.mjs'

const widths = (from, count, key = 'a.jpg') => Array.from({ length: count }, (_, at) => `/i/${key}?w=${from + at}&f=jpeg`)
const disk = (folder) => ({ TINTYPE_STORE_KINDS: 'disk', TINTYPE_STORE_DISK_FOLDER: folder })
/** Was the picture in the store? A local original is looked at again, and has not changed. */
const kept = ({ cache }) => cache !== '' && !cache.includes('fwd=miss')
const tally = (answers) => {
  const counts = {}
  for (const { status } of answers) counts[status === 0 ? 'no answer' : status] = (counts[status === 0 ? 'no answer' : status] ?? 0) + 1
  return Object.entries(counts)
    .map(([status, count]) => `${count} x ${status}`)
    .join(', ')
}

/** @param scratch  A folder of its own.  @param picture  A JPEG. */
export async function* faults(scratch, picture, quick) {
  const originals = join(scratch, 'faults')
  await mkdir(originals)
  await copyFile(picture, join(originals, 'a.jpg'))
  const many = quick ? 30 : 120
  const paths = widths(100, many)

  // What an undisturbed server gives is what all others are compared with.
  const calm = await startServer({ TINTYPE_STORE_KINDS: 'memory' }, originals)
  const right = new Map()
  const all = [...paths, ...widths(700, many)]
  for (const [at, { digest }] of (await fetchAll(calm.port, all)).entries()) right.set(all[at], digest)
  await calm.stop()
  const wrong = (asked, answers) => answers.filter(({ status, digest }, at) => status === 200 && right.get(asked[at]) !== digest).length
  const lost = (asked, answers) => wrong(asked, answers) + answers.filter(({ status }) => status === 0).length

  yield* origins(scratch, picture)
  yield* disks(scratch, originals, paths, widths(700, many), wrong, lost)

  {
    const server = await startServer({ TINTYPE_STORE_KINDS: 'memory' }, originals)
    let kills = 0
    let over = false
    const killer = (async () => {
      while (!over) {
        await wait(400)
        const [first] = server.children()
        if (over || first === undefined) continue
        process.kill(first, 'SIGKILL')
        kills += 1
      }
    })()
    const answers = await fetchAll(server.port, paths)
    over = true
    await killer
    const after = await fetchPicture(server.port, paths[0])
    const served = answers.filter(({ status }) => status === 200).length
    yield {
      fault: 'a render process killed every 0.4 s',
      seen: `${kills} killed; ${tally(answers)}`,
      lost: lost(paths, answers),
      good: after.status === 200 && served >= answers.length - kills && answers.every(({ status }) => [200, 422, 503].includes(status)),
    }
    await server.stop()
  }

  {
    const server = await startServer({ TINTYPE_STORE_KINDS: 'memory', TINTYPE_QUEUE_WAIT_SECONDS: '30' }, originals)
    await fetchPicture(server.port, paths[0])
    const asked = widths(700, Math.min(many, 50))
    const running = asked.map((path) => fetchPicture(server.port, path))
    await wait(400)
    const began = performance.now()
    const end = server.stop('SIGTERM')
    const answers = await Promise.all(running)
    const { code } = await end
    yield {
      fault: 'SIGTERM with 50 requests in work',
      seen: `${tally(answers)}; exit code ${code} within ${Math.ceil((performance.now() - began) / 1000)} s`,
      lost: lost(asked, answers),
      good: code === 0 && answers.every(({ status }) => status === 200),
    }
  }

  {
    const folder = join(scratch, 'killed')
    const rounds = quick ? 3 : 10
    let broken = 0
    for (let round = 0; round < rounds; round++) {
      const server = await startServer(disk(folder), originals)
      const working = fetchAll(server.port, paths, 8)
      await wait(300 + round * 70)
      await server.stop('SIGKILL')
      await working
    }
    const server = await startServer(disk(folder), originals)
    const answers = await fetchAll(server.port, paths)
    broken += lost(paths, answers)
    const found = answers.filter(kept).length
    await server.stop()
    const left = (await readdir(join(folder, 'v1/tmp'))).length
    yield {
      fault: `kill -9 in the middle of writes to the store, ${rounds} times`,
      seen: `afterwards ${tally(answers)}, ${found} of them from the store; ${left} half-written files wait to be removed`,
      lost: broken,
      good: answers.every(({ status }) => status === 200) && found > 0,
    }
  }
}

/** An origin that goes away, does not answer, or tells lies. */
async function* origins(scratch, picture) {
  const bytes = await readFile(picture)
  let mood = 'well'
  const origin = createServer((_, response) => {
    response.on('error', () => {})
    if (mood === 'silent') return
    if (mood === 'short')
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 1000), () => response.destroy())
    else if (mood === 'html') response.writeHead(200, { 'content-type': 'image/jpeg' }).end('<h1>not a picture</h1>')
    else if (mood === 'endless') {
      response.writeHead(200, { 'content-type': 'image/jpeg' })
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', more)
      more()
    } else response.writeHead(200, { 'cache-control': 'max-age=1', etag: '"1"' }).end(bytes)
  })
  const listen = (port) => new Promise((resolve) => origin.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = origin.address()
  const server = await startServer({
    ...{ TINTYPE_SOURCE_HTTP_BASE: `http://127.0.0.1:${port}/`, TINTYPE_SOURCE_HTTP_ADDRESSES: '127.0.0.1' },
    ...{ TINTYPE_SOURCE_HTTP_FIRST_BYTE_SECONDS: '1', TINTYPE_CACHE_MIN_SECONDS: '1', TINTYPE_CACHE_STALE_SECONDS: '0' },
    ...{ TINTYPE_CACHE_FAILED_SECONDS: '0', ...disk(join(scratch, 'origins')) },
  })
  const known = '/i/known.jpg?w=100&f=jpeg'
  const good = await fetchPicture(server.port, known)
  await wait(2100) // it is stale now, and must be asked for
  let turn = 0
  const ask = async () => [await fetchPicture(server.port, known), await fetchPicture(server.port, `/i/new-${++turn}.jpg?w=100&f=jpeg`)]

  const close = () =>
    new Promise((resolve) => {
      origin.close(resolve)
      origin.closeAllConnections()
    })
  await close()
  let [old, fresh] = await ask()
  yield row('the origin is down', old, fresh, [502])
  await listen(port)
  for (const [name, statuses, words] of [
    ['silent', [504], 'the origin takes requests and says nothing'],
    ['short', [502], 'the origin breaks off'],
    ['html', [415], 'the origin sends HTML as a picture'],
    ['endless', [413], 'the origin never ends'],
  ]) {
    mood = name
    ;[old, fresh] = await ask()
    yield row(words, old, fresh, statuses)
    mood = 'well'
    // What was true a moment ago is forgotten with the fault.
    const again = await fetchPicture(server.port, `/i/new-${turn}.jpg?w=100&f=jpeg`)
    if (again.status !== 200 || again.digest !== good.digest)
      yield { fault: `${words}, and is well again`, seen: `${again.status}`, lost: 1, good: false }
    await wait(2100)
  }
  await server.stop()
  await close()

  function row(fault, stale, unknown, statuses) {
    const served = stale.status === 200 && stale.digest === good.digest
    // What came whole but is no picture tells that the original has changed; then the old one is no stand-in.
    const may = served || statuses.includes(stale.status)
    const seen = `what is known: ${stale.status}${served ? ', the same bytes' : ''}; what is new: ${unknown.status}`
    return { fault, seen, lost: stale.status === 0 || unknown.status === 0 ? 1 : 0, good: may && statuses.includes(unknown.status) }
  }
}

/** A disk that is full, cannot be written, or has rotted. */
async function* disks(scratch, originals, paths, large, wrong, lost) {
  const small = join(scratch, 'small')
  await mkdir(small)
  let mounted = false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', small], { stdio: 'ignore' })
    mounted = true
  } catch {
    const seen = 'not tried: a small file system can be mounted by root alone'
    yield { fault: 'the disk is full', seen, lost: 0, good: true, skipped: true }
    yield { fault: 'the cache folder cannot be written', seen, lost: 0, good: true, skipped: true }
  }
  if (mounted) {
    try {
      const server = await startServer(disk(join(small, 'cache')), originals)
      const answers = await fetchAll(server.port, large)
      const again = await fetchAll(server.port, large)
      const hits = again.filter(kept).length
      yield {
        fault: 'the disk is full',
        seen: `${tally([...answers, ...again])}; ${hits} of ${again.length} from what did fit`,
        lost: lost(large, answers) + lost(large, again),
        good: hits < again.length && [...answers, ...again].every(({ status }) => status === 200),
      }
      execFileSync('mount', ['-o', 'remount,ro', small], { stdio: 'ignore' })
      const unwritable = await fetchAll(server.port, large)
      yield {
        fault: 'the cache folder cannot be written',
        seen: tally(unwritable),
        lost: lost(large, unwritable),
        good: unwritable.every(({ status }) => status === 200),
      }
      await server.stop()
    } finally {
      execFileSync('umount', ['-l', small], { stdio: 'ignore' })
    }
  }

  const folder = join(scratch, 'rotten')
  const first = await startServer(disk(folder), originals)
  await fetchAll(first.port, paths)
  await first.stop()
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  let spoilt = 0
  for (const [at, entry] of files.entries()) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    const bytes = await readFile(path)
    if (bytes.length === 0) continue
    spoilt += 1
    if (at % 3 === 0) await truncate(path, Math.floor(bytes.length / 2))
    else if (at % 3 === 1) await writeFile(path, Buffer.alloc(bytes.length))
    else {
      const middle = Math.floor(bytes.length / 2)
      bytes[middle] = (bytes[middle] ?? 0) ^ 0xff
      await writeFile(path, bytes)
    }
  }
  const server = await startServer(disk(folder), originals)
  const answers = await fetchAll(server.port, paths)
  yield {
    fault: 'every file of the cache cut, zeroed or with one byte turned over',
    seen: `${spoilt} files; ${tally(answers)}; ${wrong(paths, answers)} with other bytes than before`,
    lost: lost(paths, answers),
    good: answers.every(({ status }) => status === 200),
  }
  await server.stop()
}

export const scratchFolder = (base) => mkdtemp(join(base, 'tintype-overload-'))
export const dropFolder = (folder) => rm(folder, { recursive: true, force: true })
