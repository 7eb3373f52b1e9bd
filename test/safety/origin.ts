import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Origin, openOrigin } from '../origin.ts'

/** How one path of an origin answers. */
export type Script = (response: ServerResponse, request: IncomingMessage) => void

export type ScriptedOrigin = Origin & {
  /** Lets a path answer otherwise from now on. */
  script(path: string, script: Script): void
  /** How often a path was asked for, its query aside. */
  hits(path: string): number
  /** Milliseconds from the first request for a path until its connection closed, which is waited for. */
  lasted(path: string): Promise<number>
  /** Bytes of all answers so far, as handed to the sockets. */
  written(): number
  /** The settings of a server that may fetch from this origin, and from further ones: by relative keys, and by whole URLs. */
  settings(...others: readonly Origin[]): Record<string, string>
}

/** An origin on loopback whose paths answer as they are told; a path without a script answers 404. */
export async function openScriptedOrigin(scripts: Readonly<Record<string, Script>> = {}): Promise<ScriptedOrigin> {
  const paths = new Map(Object.entries(scripts))
  const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? ''
  const sockets = new Set<Socket>()
  const lasted = new Map<string, Promise<number>>()
  const origin = await openOrigin((request, response) => {
    sockets.add(request.socket)
    const began = performance.now()
    const path = pathOf(request)
    const ended = new Promise<number>((resolve) => request.socket.once('close', () => resolve(performance.now() - began)))
    if (!lasted.has(path)) lasted.set(path, ended)
    response.on('error', () => {})
    const script = paths.get(path) ?? status(404)
    script(response, request)
  })
  return {
    ...origin,
    script: (path, script) => void paths.set(path, script),
    hits: (path) => origin.requests.filter((request) => pathOf(request) === path).length,
    lasted: (path) => lasted.get(path) ?? Promise.reject(new Error(`Nobody asked for ${path}.`)),
    written: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    settings: (...others) => ({
      TINTYPE_SOURCE_HTTP_BASE: `${origin.url}/`,
      TINTYPE_SOURCE_HTTP_ALLOW: [origin, ...others].map(({ port }) => `127.0.0.1:${port}`).join(),
      TINTYPE_SOURCE_HTTP_ADDRESSES: '127.0.0.1',
    }),
  }
}

/** A whole body with the status 200. */
export function gives(body: Buffer | string, headers: Readonly<Record<string, string>> = {}): Script {
  return (response) => response.writeHead(200, { 'content-length': Buffer.byteLength(body), ...headers }).end(body)
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Script {
  return (response) => response.writeHead(code, headers).end()
}

/** @param location  As it stands, so also no URL at all. */
export function redirects(location: string, code = 302): Script {
  return status(code, { location })
}

/** Takes the request and says nothing. */
export const silent: Script = () => {}

/** A body in pieces, one every so many milliseconds, the head at once. */
export function slowly(piece: Buffer | string, everyMs: number, headers: Readonly<Record<string, string>> = {}): Script {
  return (response) => {
    response.writeHead(200, { 'content-type': 'image/png', ...headers })
    response.flushHeaders()
    const timer = setInterval(() => response.write(piece), everyMs)
    response.on('close', () => clearInterval(timer))
  }
}

/**
 * Zeros for ever, without a Content-Length, at some 30 MB a second: as fast as a good network, and not so fast that the buffers of the system
 * fill up between two processes on one machine, of which neither knows.
 */
export const endless: Script = (response) => {
  response.writeHead(200, { 'content-type': 'image/png' })
  const piece = Buffer.alloc(65_536)
  const timer = setInterval(() => !response.writableNeedDrain && response.write(piece), 2)
  response.on('close', () => clearInterval(timer))
}

/** Says that it has more bytes than it sends, and hangs up. */
export function cutShort(body: Buffer, saidLength: number): Script {
  return (response) => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': saidLength })
    response.write(body, () => response.socket?.end())
  }
}

/** Answers after a while. */
export function later(ms: number, script: Script): Script {
  return (response, request) => {
    const timer = setTimeout(() => script(response, request), ms)
    response.on('close', () => clearTimeout(timer))
  }
}
