// A render process without pictures, for the tests of the pool: the name of the recipe's first step tells it what to do.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../dist/errors.js'
import { printFrame, sendParts } from '../dist/pixels/frames.js'
import { attachToParent, serveRenderer } from '../dist/pixels/serve.js'

const { FAKE_START } = process.env
if (FAKE_START === 'die') process.exit(1)
if (FAKE_START === 'mute') await sleep(1e6)

/** @param {unknown} value */
const say = (value) => ({ bytes: Buffer.from(JSON.stringify(value)), facts: [], findings: {}, passedOn: false })

const crash = () => {
  process.kill(process.pid, 'SIGSEGV')
  return sleep(1e6)
}

const held = []
let kept = Buffer.alloc(0)
let jobs = 0

/** @type {Record<string, (args: Record<string, string>, originals: Buffer[]) => unknown>} */
const commands = {
  echo: (_, originals) => ({ ...say(0), bytes: Buffer.concat(originals) }),
  'pass-on': (_, originals) => ({ ...say(0), bytes: originals[0], passedOn: true }),
  about: () => say({ pid: process.pid, jobs, env: process.env, args: process.execArgv, folder: process.cwd(), files: readdirSync('.') }),
  slow: async ({ ms }) => {
    await sleep(Number(ms))
    return say({ pid: process.pid, jobs })
  },
  hang: () => sleep(1e6),
  spin: () => {
    for (;;);
  },
  crash,
  'crash-once': ({ marker = '' }) => {
    if (existsSync(marker)) return say({ pid: process.pid })
    writeFileSync(marker, '')
    return crash()
  },
  eat: async ({ keep }) => {
    for (let megabytes = 0; megabytes < Number(keep ?? 2000); megabytes += 20) {
      held.push(Buffer.alloc(20_000_000, 1))
      await sleep(10)
    }
    return say({ pid: process.pid })
  },
  // What a reader sees that is not done with its original.
  keep: (_, [original]) => {
    kept = original
    return say(0)
  },
  'keep-and-fail': (_, [original]) => {
    kept = original
    return new Failure('original-damaged', 'Cut short.')
  },
  kept: () => ({ ...say(0), bytes: Buffer.from(kept) }),
  fail: () => new Failure('region-outside', 'Expected it inside.', { parameter: 'crop' }),
  throw: () => {
    throw new TypeError('secret path')
  },
  noise: async () => {
    process.stderr.write('a complaint\nan')
    await sleep(50)
    process.stderr.write('other\n')
    return say(0)
  },
  babble: () => {
    socket.write('this is no frame, and more than its limits')
    return sleep(1e6)
  },
  // Needs more than all that it was given.
  beg: () => {
    sendParts(socket, printFrame({ head: { kind: 'need' }, bodies: [] }))
    return sleep(1e6)
  },
}

const render = async ({ recipe, originals }) => {
  jobs++
  const [{ name, args }] = recipe.steps
  return commands[name](args, originals)
}

const socket = attachToParent()
serveRenderer(socket, {
  render,
  inspect: async ({ recipe, originals }) => ({ facts: [], findings: { name: recipe.steps[0].name, originals: originals.length } }),
  sanitise: async (svg) => Buffer.from(`safe ${svg}`),
  figures: () => ({ levelHits: 0, levelsMade: 0, levelBytes: 0 }),
  forget: () => {},
  ready: async () => FAKE_START !== 'unready',
  formats: async () => ({ versions: { fake: '1' }, read: ['png'], write: [] }),
})
