import { describe, expect, it } from 'vitest'
import { dialectContract, words } from '../../test/contracts/dialect.ts'
import { native } from './native.ts'
import { seed } from './seed.ts'

dialectContract(seed, 'seed.txt')

describe('seed', () => {
  it('asks for the same picture as the native dialect', () => {
    const old = seed.parse('/?img=a.jpg&width=100&height=80', words)
    const now = native.parse('/i/a.jpg?w=100&h=80', words)
    expect(old).toMatchObject({ key: 'a.jpg', recipe: (now as { recipe: object }).recipe })
  })

  it('serves nothing where only presets are served', () => {
    expect(seed.parse('/?img=a.jpg', { ...words, presetsOnly: true })).toMatchObject({ code: 'presets-only' })
  })

  it('is never signed, and says so where signatures are asked for', () => {
    expect(seed.parse('/?img=a.jpg', words)).toMatchObject({ proof: { algorithm: 'sha256' } })
    expect(seed.parse('/?img=a.jpg', words)).not.toHaveProperty('proof.signature')
    expect(seed.parse('/?img=a.jpg&s=x', words)).toMatchObject({ code: 'parameter-unknown' })
  })

  it('has no words for what it cannot say', () => {
    const order = native.parse('/i/a.jpg?w=100&q=50', words)
    expect(seed.print(order as Parameters<typeof seed.print>[0])).toMatchObject({ code: 'parameter-invalid' })
  })
})
