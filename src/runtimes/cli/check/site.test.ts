import { createServer, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { send } from './site.ts'

const held: Socket[] = []
const server = createServer((socket) => held.push(socket.on('error', () => {})))
afterEach(() => {
  for (const socket of held) socket.destroy()
  server.close()
})

test('gives up on a host that takes the call and never answers, whatever the garbage collector does', { timeout: 10_000 }, async () => {
  const address = await new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const at = server.address()
      resolve(`http://127.0.0.1:${typeof at === 'object' ? at?.port : 0}/`)
    }),
  )
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const answered = send(new URL(address), '/', {}, new AbortController().signal, 0.3)
  const collecting = setInterval(collect, 50)
  await expect(answered).rejects.toThrow('did not answer: not within 0.3 s.')
  clearInterval(collecting)
})
