import { expect, it } from 'vitest'
import { ordered, words } from '../../test/contracts/dialect.ts'
import { Failure } from '../errors.ts'
import type { Words } from './dialect.ts'
import { thumbor } from './thumbor.ts'

const given = (options: Record<string, unknown>, more: Partial<Words> = {}): Words => ({ ...words, ...more, options: { thumbor: options } })

it('lives at the root where it is told to, beside the native dialect and the pages', () => {
  const root = given({ prefix: '/' })
  expect(ordered(thumbor, '/unsafe/300x200/example.com/a.jpg', root).key).toBe('http://example.com/a.jpg')
  for (const target of ['/i/a.jpg?w=300', '/i', '/_tintype/a.jpg', '/health', '/metrics', '/', 'a.jpg']) {
    expect(thumbor.parse(target, root)).toBeUndefined()
  }
  expect(thumbor.mount(root)).toBe('/')
})

it('can be elsewhere, or nowhere', () => {
  expect(ordered(thumbor, '/img/unsafe/example.com/a.jpg', given({ prefix: '/img' })).key).toBe('http://example.com/a.jpg')
  expect(thumbor.parse('/thumbor/unsafe/example.com/a.jpg', given({ prefix: '/img' }))).toBeUndefined()
  expect(thumbor.parse('/thumbor/unsafe/example.com/a.jpg', given({ prefix: 'none' }))).toBeUndefined()
  expect(thumbor.mount(given({ prefix: 'none' }))).toBeUndefined()
})

it('takes names for paths where there is a default source, and for hosts where there is none or where it is told to', () => {
  const key = (image: string, to: Words): string => ordered(thumbor, `/thumbor/unsafe/${image}`, to).key
  expect(key('cats/a.jpg', given({}, { hasDefaultSource: true }))).toBe('cats/a.jpg')
  expect(key('http%3A//example.com/a.jpg', given({}, { hasDefaultSource: true }))).toBe('http://example.com/a.jpg')
  expect(key('example.com/a.jpg', given({ loader: 'https' }, { hasDefaultSource: true }))).toBe('https://example.com/a.jpg')
  expect(thumbor.parse('/thumbor/unsafe/..%2F..%2Fetc/passwd', given({}, { hasDefaultSource: true }))).toMatchObject({
    code: 'original-missing',
  })
})

it('knows what was uploaded by its id, where something can be', () => {
  const id = '0123456789abcdef0123456789abcdef'
  const to = given({}, { uploads: 'uploads' })
  expect(ordered(thumbor, `/thumbor/unsafe/30x20/${id}/cat.jpg`, to).key).toBe(`uploads:${id}`)
  expect(ordered(thumbor, `/thumbor/unsafe/30x20/${id}`, to).key).toBe(`uploads:${id}`)
  expect(ordered(thumbor, `/thumbor/unsafe/30x20/${id}/cat.jpg`, given({})).key).toBe(`http://${id}/cat.jpg`)
})

it('brings sizes and originals to the largest that are allowed', () => {
  const { recipe } = ordered(thumbor, '/thumbor/unsafe/900x800/example.com/a.jpg', given({ maxWidth: 400 }))
  expect(recipe.steps).toMatchObject([{ kind: 'page' }, { kind: 'bound', width: 400 }, { width: { px: 400 }, height: { px: 800 } }])
})

it('turns photographs only where it is told to', () => {
  const kinds = (options: object) =>
    ordered(thumbor, '/thumbor/unsafe/example.com/a.jpg', given({ ...options })).recipe.steps.map(({ kind }) => kind)
  expect(kinds({})).toEqual(['page'])
  expect(kinds({ respectOrientation: true })).toEqual(['page', 'orient'])
})

it('names in the order what it leaves out', () => {
  const { dropped } = ordered(thumbor, '/thumbor/unsafe/filters:sepia():quality(x):format(heic)/example.com/a.jpg', words)
  expect(dropped).toEqual(['sepia()', 'quality(x)', 'format(heic)'])
  expect(ordered(thumbor, '/thumbor/unsafe/500x50:100x450/300x200/example.com/a.jpg', words).dropped).toEqual(['500x50:100x450'])
  expect(ordered(thumbor, '/thumbor/unsafe/0x0:0x0/300x200/example.com/a.jpg', words)).not.toHaveProperty('dropped')
})

it('runs only the filters that are switched on', () => {
  const { dropped, recipe } = ordered(
    thumbor,
    '/thumbor/unsafe/filters:blur(2):grayscale()/example.com/a.jpg',
    given({ filters: ['blur'] }),
  )
  expect(dropped).toEqual(['grayscale()'])
  expect(recipe.steps.map(({ kind }) => kind)).toEqual(['page', 'filter'])
})

it('signs over the path as it came, and lets unsafe URLs pass where the operator says so', () => {
  const keys = ['a key of this dialect']
  const proof = (target: string, options: object) => ordered(thumbor, target, given({ ...options })).proof
  expect(proof('/thumbor/abc=/300x200/example.com/a%20b.jpg', { keys })).toMatchObject({
    message: '300x200/example.com/a%20b.jpg',
    signature: 'abc=',
    keys,
  })
  expect(proof('/thumbor/unsafe/example.com/a.jpg', { keys })).not.toHaveProperty('signature')
  expect(proof('/thumbor/unsafe/example.com/a.jpg', { keys, unsafe: true })).toHaveProperty('optional', true)
  expect(proof('/thumbor/abc=/example.com/a.jpg', { keys, unsafe: true })).not.toHaveProperty('optional')
})

it('takes a callback for meta alone, from the parameter that is named', () => {
  const delivery = (target: string, options: object) => ordered(thumbor, target, given({ ...options })).delivery
  const target = '/thumbor/unsafe/meta/example.com/a.jpg?callback=show'
  expect(delivery(target, {})).toMatchObject({ kind: 'explain' })
  expect(delivery(target, {})).not.toHaveProperty('callback')
  expect(delivery(target, { metaCallbackName: 'callback' })).toMatchObject({ kind: 'explain', callback: 'show' })
  expect(delivery('/thumbor/unsafe/example.com/a.jpg?callback=show', { metaCallbackName: 'callback' })).not.toHaveProperty('callback')
})

it('is refused where only presets are served', () => {
  expect(thumbor.parse('/thumbor/unsafe/example.com/a.jpg', { ...words, presetsOnly: true })).toBeInstanceOf(Failure)
})
