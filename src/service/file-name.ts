/**
 * A Content-Disposition with a good file name: that of the key, with the ending of what is sent.
 * @param download  Name under which to save; empty: that of the key. Absent: shown inline.
 * @see RFC 6266, RFC 8187
 */
export function contentDisposition(key: string, extension: string, download: string | undefined): string {
  const own =
    key
      .replace(/[?#].*$/s, '')
      .split(/[/:\\]/)
      .at(-1) ?? ''
  const wanted = download === undefined || download === '' ? own : download
  const stem = cleanName(wanted).replace(/\.[A-Za-z0-9]{1,5}$/, '') || 'image'
  const name = `${stem}.${extension}`
  const kind = download === undefined ? 'inline' : 'attachment'
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  return ascii === name ? `${kind}; filename="${name}"` : `${kind}; filename="${ascii}"; filename*=UTF-8''${encodeName(name)}`
}

/** Without what no file system likes, and at most 120 characters. */
export function cleanName(name: string): string {
  return [...name.replace(/\p{C}|[/\\:*?"<>|]/gu, '_')].slice(0, 120).join('').replace(/^\.+/, '').trim()
}

/** Percent-encoded, for a header or a path. */
export function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
