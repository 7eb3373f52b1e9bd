import { expect, test } from 'vitest'
import { Problem } from '../schema/field.ts'
import { qualitiesField } from './qualities.ts'

test.each([
  ['', {}],
  ['jpeg:80', { jpeg: 80 }],
  ['avif:1,jpeg:100,webp:75', { avif: 1, jpeg: 100, webp: 75 }],
])('%j says %j', (text, read) => expect(qualitiesField.read(text)).toEqual(read))

test.each([
  'jpeg',
  'jpeg:',
  'jpeg:0',
  'jpeg:101',
  'jpeg:8.5',
  'png:80',
  'jpeg:80,',
  'jpeg:80,jpeg:80',
  'jpeg:1,webp:1,avif:1,x',
  'a,'.repeat(9999),
])('refuses %.40j', (text) => expect(qualitiesField.read(text)).toBeInstanceOf(Problem))

test('is printed in one order', () => expect(qualitiesField.print({ avif: 3, jpeg: 1 })).toBe('jpeg:1,avif:3'))
