import { expect, test } from 'vitest'
import { isUnchanged } from './conditional.ts'

const etag = '"abc"'
const date = 'Wed, 01 Jan 2025 00:00:00 GMT'

test.each([
  [{}, date, false],
  [{ 'if-none-match': '"abc"' }, date, true],
  [{ 'if-none-match': 'W/"abc"' }, date, true],
  [{ 'if-none-match': '"x", W/"y" ,"abc"' }, date, true],
  [{ 'if-none-match': ' * ' }, date, true],
  [{ 'if-none-match': '"ABC"' }, date, false],
  [{ 'if-none-match': 'abc' }, date, false],
  [{ 'if-none-match': '' }, date, false],
  [{ 'if-none-match': '"*"' }, date, false],
  // The tag decides wherever there is one.
  [{ 'if-none-match': '"x"', 'if-modified-since': date }, date, false],
  [{ 'if-modified-since': date }, date, true],
  [{ 'if-modified-since': 'Wed, 01 Jan 2025 00:00:01 GMT' }, date, true],
  [{ 'if-modified-since': 'Tue, 31 Dec 2024 23:59:59 GMT' }, date, false],
  [{ 'if-modified-since': 'Wednesday, 01-Jan-25 00:00:00 GMT' }, date, true],
  [{ 'if-modified-since': 'soon' }, date, false],
  [{ 'if-modified-since': date }, undefined, false],
  [{ 'if-modified-since': date }, 'never', false],
])('%j of what changed %s: %s', (headers, changed, unchanged) => expect(isUnchanged(headers, etag, changed)).toBe(unchanged))
