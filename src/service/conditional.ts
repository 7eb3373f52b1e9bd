/**
 * Does the client have this version already? `If-None-Match` decides where it is given, by weak comparison; else `If-Modified-Since`.
 * @param lastModified  HTTP date of the original, where it is known.
 * @see RFC 9110, 13.1.2 and 13.1.3
 */
export function isUnchanged(
  headers: Readonly<Record<string, string | undefined>>,
  etag: string,
  lastModified: string | undefined,
): boolean {
  const none = headers['if-none-match']
  if (none !== undefined) {
    if (none.trim() === '*') return true
    return none.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
  }
  const since = headers['if-modified-since']
  if (since === undefined || lastModified === undefined) return false
  const [asked, changed] = [Date.parse(since), Date.parse(lastModified)]
  return !Number.isNaN(asked) && !Number.isNaN(changed) && changed <= asked
}
