import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { formField } from './multipart.ts'

const type = 'multipart/form-data; boundary=XX'
const read = (text: string, contentType = type): string | Failure => {
  const field = formField(Buffer.from(text, 'latin1'), contentType, 'media')
  return field instanceof Failure ? field : `${field.filename ?? '-'}:${field.bytes.toString('latin1')}`
}
const part = (head: string, body: string): string => `--XX\r\n${head}\r\n\r\n${body}\r\n`
const media = (body: string): string => part('Content-Disposition: form-data; name="media"; filename="a.png"', body)

describe('a form', () => {
  it.each([
    ['one field', `${media('bytes')}--XX--\r\n`, 'a.png:bytes'],
    ['no line break at its end', `${media('bytes')}--XX--`, 'a.png:bytes'],
    ['something behind its end', `${media('bytes')}--XX--\r\nmore`, 'a.png:bytes'],
    ['an empty field', `${media('')}--XX--`, 'a.png:'],
    ['line breaks and dashes in its bytes', `${media('\r\n--X\r\n--\r\n\r\n--XY\0\xff')}--XX--`, 'a.png:\r\n--X\r\n--\r\n\r\n--XY\0\xff'],
    [
      'other fields around it',
      `${part('content-disposition: form-data; name=a', '1')}${media('2')}${part('Content-Disposition: form-data; name="b"', '3')}--XX--`,
      'a.png:2',
    ],
    ['a field without a head', `--XX\r\n\r\nx\r\n${media('2')}--XX--`, 'a.png:2'],
    ['a field without a file', `${part('Content-Disposition:form-data;name=media', 'x')}--XX--`, '-:x'],
    [
      'quotes in a name',
      `${part('Content-Type: image/png\r\nContent-Disposition: form-data; filename="a\\"b;%22c\\d=.png"; name="media"', 'x')}--XX--`,
      'a"b;"c\\d=.png:x',
    ],
  ])('with %s', (_, text, wanted) => expect(read(text)).toBe(wanted))

  it.each([
    ['has no field of the name', `${part('Content-Disposition: form-data; name="other"', 'x')}--XX--`],
    ['has the field twice', `${media('1')}${media('2')}--XX--`],
    ['has no end', media('1').slice(0, -2)],
    ['ends behind a boundary', `${media('1')}--XX`],
    ['ends in a head', '--XX\r\nContent-Disposition: form-data; name="media"\r\n'],
    ['begins with something else', `x\r\n${media('1')}--XX--`],
    ['is empty', ''],
    ['is its end alone', '--XX--\r\n'],
    ['has a boundary with something behind it', `--XXY${media('1').slice(4)}--XX--`],
    ['has a head without end', `--XX\r\n${'a: b\r\n'.repeat(5000)}\r\nx\r\n--XX--`],
    ['has a line in a head that goes on', `${part('Content-Disposition: form-data;\r\n name="media"', 'x')}--XX--`],
    ['has two dispositions', `${part('Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=media', 'x')}--XX--`],
    ['is encoded', `${part('Content-Disposition: form-data; name=media\r\nContent-Transfer-Encoding: base64', 'eA==')}--XX--`],
    ['has too many fields', `${part('Content-Disposition: form-data; name=a', '').repeat(60)}${media('1')}--XX--`],
  ])('that %s is refused', (_, text) => expect(read(text)).toMatchObject({ code: 'request-malformed' }))

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="X X "',
    `multipart/form-data; boundary=${'X'.repeat(71)}`,
    'multipart/form-data; boundary="X\u00e9X"',
  ])('without a good boundary is refused: %s', (contentType) =>
    expect(read(`${media('1')}--XX--`, contentType)).toMatchObject({ code: 'request-malformed' }),
  )

  it('is read as FormData writes it', async () => {
    const form = new FormData()
    form.append('note', 'ünï')
    form.append('media', new Blob([new Uint8Array([0, 13, 10, 255])]), 'ü "x".png')
    const sent = new Request('http://h/', { method: 'POST', body: form })
    const field = formField(Buffer.from(await sent.arrayBuffer()), sent.headers.get('content-type') ?? '', 'media')
    expect(field).toEqual({ bytes: Buffer.from([0, 13, 10, 255]), filename: 'ü "x".png' })
  })

  it('takes no longer than its length allows, however hostile', () => {
    const hostile = [
      `${media('\r\n--X'.repeat(4_000_000))}--XX--`,
      media('\r\n-'.repeat(5_000_000)),
      part(`Content-Disposition: form-data; ${'a'.repeat(7000)}`, 'x').repeat(49),
      part(`Content-Disposition: form-data; ${'="'.repeat(3500)}`, 'x').repeat(49),
      part(`Content-Disposition: form-data; ${';='.repeat(3500)}`, 'x').repeat(49),
      part(':\r\n'.repeat(2000), 'x').repeat(49),
    ]
    for (const text of hostile) {
      const body = Buffer.from(text, 'latin1')
      const began = performance.now()
      formField(body, type, 'media')
      expect(performance.now() - began).toBeLessThan(500)
    }
  })
})
