import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLiterals } from './python-literals.ts'

/** The value of one assignment; why there is none else. */
function read(expression: string): unknown {
  const { assignments, unread } = readLiterals(`X = ${expression}\n`)
  return unread.length > 0 ? `unread: ${unread[0]?.why}` : assignments[0]?.value
}

describe('a literal', () => {
  it.each([
    ['1', 1],
    ['-1_000', -1000],
    ['+0x1F', 31],
    ['0o17', 15],
    ['0b101', 5],
    ['75e6', 75e6],
    ['75000000.0', 75e6],
    ['.5', 0.5],
    ['5.', 5],
    ['60 * 60 * 24', 86_400],
    ['2 ** 20 - 1', 1_048_575],
    ['-2 ** 2 * 3', -12],
    ['1 + 2 * 3', 7],
    ['True', true],
    ['False', false],
    ['None', null],
    [`'a'`, 'a'],
    [`"it's"`, "it's"],
    [`'it\\'s "x"\\n\\t\\x41\\101\\u00e9\\U0001F600\\q'`, `it's "x"\n\tAA\u00e9😀\\q`],
    [`r'\\d+\\.'`, '\\d+\\.'],
    [`R"\\""`, '\\"'],
    [`b'bytes'`, 'bytes'],
    [`rb'\\x'`, '\\x'],
    [`u'text'`, 'text'],
    [`'''a\n"b"\n'''`, 'a\n"b"\n'],
    [`"""a"b""c"""`, 'a"b""c'],
    [`'a' "b" r'c'`, 'abc'],
    [`('a'\n  'b' # why\n)`, 'ab'],
    [`'a' + 'b'`, 'ab'],
    [`'a\\\nb'`, 'ab'],
    [`'a' \\\n  'b'`, 'ab'],
    [`'# no comment' # a comment`, '# no comment'],
    ['()', []],
    ['(1)', 1],
    ['(1,)', [1]],
    ['1, 2,', [1, 2]],
    [`[1, 'a', [None, (2, 3)],]`, [1, 'a', [null, [2, 3]]]],
    ['[\n  1, # one\n\n  2\n]', [1, 2]],
    ['[1] + [2, 3]', [1, 2, 3]],
    ['{1, 2}', [1, 2]],
    ['{}', { kind: 'dict', pairs: [] }],
    [
      `{'a': 1, 'b': [2],}`,
      {
        kind: 'dict',
        pairs: [
          ['a', 1],
          ['b', [2]],
        ],
      },
    ],
    [`re.compile(r'^a\\.b$')`, { kind: 'regex', source: '^a\\.b$' }],
    [`[re.compile('a'), 'b']`, [{ kind: 'regex', source: 'a' }, 'b']],
  ])('%s', (text, value) => expect(read(text)).toEqual(value))

  it.each([
    `os.environ['KEY']`,
    `os.environ.get('KEY', 'x')`,
    'Y',
    '[x for x in y]',
    `f'{x}'`,
    `'%s' % x`,
    `'a'.upper()`,
    '1 if True else 2',
    'not True',
    'lambda: 1',
    '010',
    '1j',
    '1e999',
    '9 ** 9 ** 9',
    `'a' * 1000000`,
    `1 + 'a'`,
    `'\\N{BULLET}'`,
    `b'a' + f'b'`,
    `'no end`,
    `'''no end`,
    '[1, 2',
    '[1 2]',
    '{1: 2, 3}',
    '{1: 2 3: 4}',
    '(',
    '',
    '1)',
    `re.compile('a', re.I)`,
    're.match("a")',
    `${'['.repeat(100)}${']'.repeat(100)}`,
    'Y = 1',
  ])('is none: %s', (text) => expect(read(text)).toMatch(/^unread: /))
})

describe('a file', () => {
  it('is read as far as it is literals, and the rest is named with its line', () => {
    const file = `\ufeff#!/usr/bin/python
'''A file.
Of two lines.'''
import re
import os
from x import y

A = 1; B = 'two'
if os.path.exists('/x'):
    C = 1
    D = 2

    E = 3
else:
    C = 4
F = [
  1,
]
A = 2
A += 1
print(A)
class G:
    H = 1
def f(): return 1
I: int = 5
J = os.environ['J'] \\
  + 'x'
K = """
text
"""
L = 'last'`
    const { assignments, unread } = readLiterals(file.replaceAll('\n', '\r\n'))
    expect(assignments.map(({ name, line }) => `${name}:${line}`)).toEqual(['A:8', 'B:8', 'F:16', 'A:19', 'K:28', 'L:31'])
    expect(assignments.find(({ name }) => name === 'K')?.value).toBe('\ntext\n')
    expect(unread.map(({ line, text }) => `${line}: ${text}`)).toEqual([
      '5: import os',
      '6: from x import y',
      "9: if os.path.exists('/x'):",
      '14: else:',
      '20: A += 1',
      '21: print(A)',
      '22: class G:',
      '24: def f(): return 1',
      '25: I: int = 5',
      "26: J = os.environ['J'] \\",
    ])
  })

  it('goes on behind a text that does not end', () => {
    const { assignments, unread } = readLiterals("A = 'no end\nB = 2\n")
    expect([assignments, unread.map(({ line }) => line)]).toMatchObject([[{ name: 'B', value: 2, line: 2 }], [1]])
  })

  it('is read without a throw, whatever it holds', () => {
    const pieces = fc.constantFrom(
      ...`A = ' " ''' """ [ ] ( ) { } , : ; \\ \n # r' f" re.compile( 1 . + - * ** True x \r\n \t if é 😀 \0`.split(' '),
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (all) => {
        const { assignments, unread } = readLiterals(all.join(''))
        for (const { line } of [...assignments, ...unread]) expect(line).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => readLiterals(`X = ${text}`) !== undefined))
  })

  it('reads back what JSON says of texts, numbers and lists', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.array(tie('value'), { maxLength: 4 })),
    })).value
    fc.assert(
      fc.property(plain, (value) => {
        expect(read(JSON.stringify(value))).toEqual(value)
      }),
    )
  })

  it('takes time in proportion to its length, however hostile', () => {
    const many = 100_000
    const hostile = [
      `X = ${'['.repeat(many)}`,
      `X = ${'[1]+'.repeat(many)}[1]`,
      `X = ${"'a'".repeat(many)}`,
      `X = ${"'a'+".repeat(many)}'a'`,
      `X = ${'-'.repeat(many)}1`,
      `X = ${'1_'.repeat(many)}`,
      `X = 1${'_'.repeat(many)}`,
      `X = ${'\\\n'.repeat(many)}1`,
      `X = '${'\\'.repeat(many)}`,
      "'''\n".repeat(many),
      '"\n'.repeat(many),
      'A = 1;'.repeat(many),
      ' \n'.repeat(many),
      '('.repeat(many) + '\n'.repeat(many),
    ]
    for (const file of hostile) {
      const began = performance.now()
      readLiterals(file)
      expect(performance.now() - began, file.slice(0, 20)).toBeLessThan(1500)
    }
  })
})
