import { describe, expect, it } from 'vitest'
import { encodeKey, keyProblem, objectUrl } from './names.ts'

describe('where an object lies', () => {
  it.each([
    [{ region: 'eu-west-1' }, 'photos', 'a b.jpg', 'https://photos.s3.eu-west-1.amazonaws.com/a%20b.jpg'],
    [{ region: 'cn-north-1' }, 'photos', 'a.jpg', 'https://photos.s3.cn-north-1.amazonaws.com.cn/a.jpg'],
    // A dot would fall out of Amazon's certificate, capitals out of DNS.
    [{ region: 'us-east-1' }, 'my.photos', 'a.jpg', 'https://s3.us-east-1.amazonaws.com/my.photos/a.jpg'],
    [{ region: 'us-east-1' }, 'Photos', 'a.jpg', 'https://s3.us-east-1.amazonaws.com/Photos/a.jpg'],
    [{ region: 'us-east-1', pathStyle: true }, 'photos', 'a.jpg', 'https://s3.us-east-1.amazonaws.com/photos/a.jpg'],
    [{ region: 'auto', endpoint: 'https://id.r2.example' }, 'photos', 'a.jpg', 'https://photos.id.r2.example/a.jpg'],
    [{ region: 'auto', endpoint: 'https://id.r2.example', pathStyle: true }, 'photos', 'a.jpg', 'https://id.r2.example/photos/a.jpg'],
    [{ region: 'x', endpoint: 'http://127.0.0.1:9000' }, 'photos', 'a.jpg', 'http://127.0.0.1:9000/photos/a.jpg'],
    [{ region: 'x', endpoint: 'http://[::1]:9000' }, 'photos', 'a.jpg', 'http://[::1]:9000/photos/a.jpg'],
    [{ region: 'x', endpoint: 'http://localhost:9000' }, 'photos', 'a.jpg', 'http://localhost:9000/photos/a.jpg'],
    [{ region: 'x', endpoint: 'http://minio:9000' }, 'photos', 'a.jpg', 'http://minio:9000/photos/a.jpg'],
    [{ region: 'x', endpoint: 'http://localhost:9000', pathStyle: false }, 'photos', 'a.jpg', 'http://photos.localhost:9000/a.jpg'],
    [{ region: 'x', endpoint: 'http://h.example/s3' }, 'photos', '', 'http://photos.h.example/s3/'],
    [{ region: 'x', endpoint: 'http://h.example/s3', pathStyle: true }, 'photos', '', 'http://h.example/s3/photos/'],
    [{ region: 'x', endpoint: 'http://h.example' }, 'photos', '/a//b', 'http://photos.h.example//a//b'],
  ])('%j %s %s is %s', (place, bucket, key, url) => {
    expect(objectUrl(place, bucket, key).href).toBe(url)
  })

  it('has nothing in its path that a signature would spell otherwise', () => {
    const odd = ' !"#$%&\'()*+,-./:;<=>?@[]^_`{|}~ü🖼'
    expect(encodeKey(odd)).toMatch(/^[A-Za-z0-9%._~/-]+$/)
    expect(decodeURIComponent(encodeKey(odd))).toBe(odd)
  })

  it.each(['a', 'a/b', '/a', 'a//b', 'a/', '...', 'a/..b/c..', 'ü'.repeat(512)])('%j is a key', (key) =>
    expect(keyProblem(key)).toBeUndefined(),
  )
  it.each(['', '.', '..', 'a/..', './a', 'a/./b', 'a\0', '\udc00', 'ü'.repeat(513)])('%j is none', (key) =>
    expect(keyProblem(key)).toMatchObject({ code: 'key-malformed' }),
  )
})
