import type { Composed } from '../../src/compose.ts'
import { functionsOver } from '../../src/runtimes/lambda/functions.ts'
import type { Live } from '../../src/runtimes/lambda/open.ts'
import { StuckPlaces } from '../../src/runtimes/lambda/stuck-places.ts'
import type { Service } from '../../src/service/service.ts'
import { runtimeContract, type Send } from '../contracts/runtime.ts'
import { albCaller, type FakeCaller, httpCaller, restCaller, urlCaller } from './lambda-callers.ts'
import { awslambda, FakeStream } from './lambda-stream.ts'

/** A function over a service of a test's own. */
function over(service: Pick<Service, 'handle'>): ReturnType<typeof functionsOver> {
  const answer = async (ask: Parameters<Service['handle']>[0]): Promise<unknown> => ({
    answer: await service.handle(ask),
    kept: Promise.resolve(),
  })
  const live: Live = {
    composed: { service } as Composed,
    answer: answer as Live['answer'],
    addressOf: (address) => address,
    stuck: new StuckPlaces(2, () => 0),
    restart: () => {},
  }
  return functionsOver(async () => live, awslambda)
}

function buffered(caller: FakeCaller): Send {
  return async (service, sent) => caller.got(await over(service).handler(caller.ask(sent)))
}

function streamed(caller: FakeCaller): Send {
  return async (service, sent) => {
    const stream = new FakeStream()
    await over(service).streaming(caller.ask(sent), stream)
    if (caller.streams) return stream.got
    return caller.got(JSON.parse(stream.bytes.toString()))
  }
}

/** A query that comes in pieces has neither pairs of nothing nor a sign with nothing behind it. */
const inPieces = { '/i/a?': '/i/a' }
const decodedQuery = { ...inPieces, '/i/a?x=1&&y=%26+%2B;z': '/i/a?x=1&y=%26%20%2B;z', '/?img=http://h/a?b': '/?img=http://h/a%3Fb' }
const decodedPath = {
  ...inPieces,
  '/i/a%2Fb.jpg': '/i/a/b.jpg',
  '/i/a%2fb%20c.jpg': '/i/a/b%20c.jpg',
  '/i/%2e%2e/a.jpg': '/i/../a.jpg',
}
const rawLists = { ...inPieces, '/i/a?x=1&&y=%26+%2B;z': '/i/a?x=1&y=%26+%2B;z' }

for (const [caller, platform] of [
  [restCaller('apigw-rest-v1-get-browser'), { arrives: decodedQuery }],
  [httpCaller('apigw-http-v2-no-authorizer'), { arrives: decodedPath }],
  // Behind a stage there is nothing but paths.
  [
    httpCaller('apigw-http-v2-get-browser'),
    { arrives: { ...decodedPath, 'http://h.example/i/a.jpg': '/defaulthttp://h.example/i/a.jpg' } },
  ],
  [urlCaller('function-url-get-browser'), { arrives: inPieces }],
  [albCaller('alb-single-value-headers'), { arrives: rawLists, mostBytes: 500_000 }],
  [albCaller('alb-multi-value-headers'), { arrives: rawLists, mostBytes: 500_000 }],
] as const) {
  runtimeContract(`${caller.name}, in one piece`, buffered(caller), { raw: true, silent: true, ...platform })
  runtimeContract(`${caller.name}, streamed`, streamed(caller), { raw: true, silent: true, ...platform })
}
