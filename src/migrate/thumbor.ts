import { as, none, type Options, type Outcome, only, type Row, text, unless, whole, yesNo } from './outcome.ts'
import { type PyValue, readLiterals, type Unread } from './python-literals.ts'
import { allowedSources, fileRoot, followRedirects, loader, redirects, requestTimeout } from './thumbor-sources.ts'

/** What becomes of a configuration of Thumbor. */
export type Migrated = {
  /** By their names in the environment, in the order of the file. */
  readonly settings: Readonly<Record<string, string>>
  /** What has no equal, or another meaning, with its line. */
  readonly notes: readonly { readonly option: string; readonly line: number; readonly why: string }[]
  /** Statements that only a running Python understands. */
  readonly unread: readonly Unread[]
}

const quality = whole(1, 100)
const px = whole(1, 16_383)
const always = 'It is so here anyway.'
const detection = 'No detectors of Thumbor are loaded: what smart looks for is part of the service.'
const queue = 'Nothing is detected in a queue behind the answer: the first answer is already the right one.'
const encoder = 'The encoder is another one, and chooses this itself.'
const errors = 'Failures stand in the log, one line of JSON each, and in the metrics: whoever collects those tells you.'
const plugin = 'Modules of Python are not loaded.'
const watched = 'Prometheus reads /metrics instead.'
const logged = 'The log is JSON or text of its own: TINTYPE_LOG_FORMAT and TINTYPE_LOG_LEVEL.'
const proxy = 'Originals are fetched without a proxy: addresses are checked in the call that dials.'
const forwarded = 'Headers of a client are never passed on: what is no part of the URL must not change the picture.'
const notSaid = 'That of QUALITY is meant, as here.'

/** The filters of Thumbor by their modules; one of somebody else's is named. */
const filters: Row = (value) => {
  if (!Array.isArray(value)) return { note: 'A list of modules is expected.' }
  const own: string[] = []
  const others: string[] = []
  for (const each of value as readonly PyValue[]) {
    const [, name] = /^thumbor\.filters\.(\w+)$/.exec(String(each)) ?? []
    if (name === undefined) others.push(String(each))
    else own.push(name)
  }
  return {
    ...(own.length === 0 ? {} : { settings: { TINTYPE_THUMBOR_FILTERS: own.join(',') } }),
    ...(others.length === 0 ? {} : { note: `${plugin} Left out: ${others.join(', ')}.` }),
  }
}

const formats: Row = (value) => {
  const names = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  return names.length === 0
    ? { note: 'No preference is said, as here.' }
    : { settings: { TINTYPE_THUMBOR_AUTO_IMAGE_FORMAT_PREFERENCE: names.join(',') } }
}

const securityKey: Row = (value) => {
  const key = text(value)
  if (key === undefined) return { note: 'A text is expected: set TINTYPE_THUMBOR_KEYS.' }
  if (key === 'MY_SECURE_KEY')
    return { note: 'This is the key of the sample, which everybody knows: set a key of your own in TINTYPE_THUMBOR_KEYS.' }
  if (key.includes(',') || key.trim() !== key)
    return { note: 'A key with commas, or blanks around it, cannot be said in a list: choose another one.' }
  return { settings: { TINTYPE_THUMBOR_KEYS: key } }
}

const resultStorage: Row = (value, options) => {
  if (value === null) return { note: 'Results are kept in memory and on disk unless TINTYPE_STORE_KINDS says else.' }
  if (value !== 'thumbor.result_storages.file_storage')
    return { note: `There is no store like ${String(value)}: see the reference of stores.` }
  const root = text(options.get('RESULT_STORAGE_FILE_STORAGE_ROOT_PATH') ?? null)
  return {
    settings: { TINTYPE_STORE_KINDS: 'memory,disk', ...(root === undefined ? {} : { TINTYPE_STORE_DISK_FOLDER: below(root, 'tintype') }) },
  }
}

/** A folder of our own beside what Thumbor has left in its. */
const below = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`

const upload: Row = (value, options) => {
  if (value !== true) return { settings: { TINTYPE_UPLOAD_ENABLED: 'no' } }
  const root = text(options.get('FILE_STORAGE_ROOT_PATH') ?? null)
  return {
    settings: {
      TINTYPE_UPLOAD_ENABLED: 'yes',
      ...(root === undefined ? {} : { TINTYPE_SOURCES: `uploads=file:${below(root, 'tintype-uploads')}` }),
    },
    note:
      'Thumbor asks nobody for a token: set TINTYPE_UPLOAD_TOKEN, or mean it with TINTYPE_UPLOAD_OPEN=yes. ' +
      `Uploads need a folder that is there${root === undefined ? ': TINTYPE_SOURCES=uploads=file:FOLDER' : ''}; those that Thumbor keeps do not move by themselves.`,
  }
}

const blacklist: Row = (value, options) => {
  if (value !== true) return { note: 'Nothing is blocked, as here.' }
  const root = text(options.get('FILE_STORAGE_ROOT_PATH') ?? null)
  return {
    settings: { TINTYPE_BLOCK_FILE: root === undefined ? 'blacklist.txt' : below(root, 'blacklist.txt'), TINTYPE_BLOCK_PUT: 'yes' },
    note: 'A picture is refused when its key contains a line. Lines are added by who has TINTYPE_UPLOAD_TOKEN, or by all with TINTYPE_UPLOAD_OPEN=yes.',
  }
}

const allowOrigin: Row = (value) => ({ settings: { TINTYPE_ALLOW_ORIGIN: text(value) ?? '' } })

/** One line an option, in the order of Thumbor 7.8's own list; behind it what its next version adds. */
const rows: Readonly<Record<string, Row>> = {
  THUMBOR_LOG_CONFIG: none(logged),
  THUMBOR_LOG_FORMAT: none(logged),
  THUMBOR_LOG_DATE_FORMAT: none(logged),
  MAX_WIDTH: unless(0, 'No bound is said; TINTYPE_LIMIT_OUTPUT_SIDE bounds every picture.', as('TINTYPE_THUMBOR_MAX_WIDTH', px)),
  MAX_HEIGHT: unless(0, 'No bound is said; TINTYPE_LIMIT_OUTPUT_SIDE bounds every picture.', as('TINTYPE_THUMBOR_MAX_HEIGHT', px)),
  MAX_PIXELS: as('TINTYPE_LIMIT_SOURCE_PIXELS', whole(1, 1e9)),
  MIN_WIDTH: as('TINTYPE_UPLOAD_MIN_WIDTH', whole(1, 1e6)),
  MIN_HEIGHT: as('TINTYPE_UPLOAD_MIN_HEIGHT', whole(1, 1e6)),
  ALLOWED_SOURCES: allowedSources,
  QUALITY: as('TINTYPE_THUMBOR_QUALITY', quality),
  PROGRESSIVE_JPEG: as('TINTYPE_THUMBOR_PROGRESSIVE_JPEG', yesNo),
  PILLOW_JPEG_SUBSAMPLING: none(encoder),
  PILLOW_JPEG_QTABLES: none(encoder),
  PILLOW_RESAMPLING_FILTER: only('LANCZOS', 'Pictures are scaled with Lanczos, as Thumbor does unless told else.'),
  WEBP_QUALITY: unless(null, notSaid, as('TINTYPE_THUMBOR_WEBP_QUALITY', quality)),
  AVIF_QUALITY: unless(null, notSaid, as('TINTYPE_THUMBOR_AVIF_QUALITY', quality)),
  AVIF_SPEED: none(encoder),
  AVIF_CODEC: none(encoder),
  AVIF_CODEC_FALLBACK: none(encoder),
  HEIF_QUALITY: none('HEIF is not written; AVIF takes its place.'),
  SRGB_PROFILE: none('The profile of sRGB is part of the service.'),
  PNG_COMPRESSION_LEVEL: none(encoder),
  PILLOW_PRESERVE_INDEXED_MODE: none(encoder),
  AUTO_WEBP: as('TINTYPE_THUMBOR_AUTO_WEBP', yesNo),
  AUTO_AVIF: as('TINTYPE_THUMBOR_AUTO_AVIF', yesNo),
  AUTO_JPG: as('TINTYPE_THUMBOR_AUTO_JPG', yesNo),
  AUTO_HEIF: only(false, 'HEIF is not written; AVIF takes its place: TINTYPE_THUMBOR_AUTO_AVIF.'),
  AUTO_PNG: as('TINTYPE_THUMBOR_AUTO_PNG', yesNo),
  AUTO_PNG_TO_JPG: as('TINTYPE_THUMBOR_AUTO_PNG_TO_JPG', yesNo),
  SVG_DPI: as('TINTYPE_THUMBOR_SVG_DPI', whole(1, 2400)),
  MAX_AGE: as('TINTYPE_THUMBOR_MAX_AGE', whole(0, 31_536_000)),
  MAX_AGE_TEMP_IMAGE: none(queue),
  RESPECT_ORIENTATION: as('TINTYPE_THUMBOR_RESPECT_ORIENTATION', yesNo),
  IGNORE_SMART_ERRORS: none(queue),
  SEND_IF_MODIFIED_LAST_MODIFIED_HEADERS: none('Dates are sent and looked at wherever the original has one.'),
  PRESERVE_EXIF_INFO: as('TINTYPE_THUMBOR_PRESERVE_EXIF_INFO', yesNo),
  PRESERVE_EXIF_COPYRIGHT_INFO: only(false, 'All of Exif is kept or none: TINTYPE_THUMBOR_PRESERVE_EXIF_INFO.'),
  PRESERVE_IPTC_INFO: only(false, 'Metadata is kept as a whole or not: TINTYPE_THUMBOR_PRESERVE_EXIF_INFO.'),
  ALLOW_ANIMATED_GIFS: as('TINTYPE_THUMBOR_ALLOW_ANIMATED_GIFS', yesNo),
  USE_GIFSICLE_ENGINE: none('Animations go through the same steps as other pictures, with all filters and their delays.'),
  USE_BLACKLIST: blacklist,
  ENGINE_THREADPOOL_SIZE: unless(
    0,
    'There is one process for each core unless TINTYPE_RENDER_PROCESSES says else.',
    as('TINTYPE_RENDER_PROCESSES', whole(1, 64)),
  ),
  METRICS: none(watched),
  LOADER: loader,
  STORAGE: none('Originals are kept beside their results, while they are good: TINTYPE_STORE_KINDS.'),
  RESULT_STORAGE: resultStorage,
  ENGINE: only('thumbor.engines.pil', plugin),
  GIF_ENGINE: only('thumbor.engines.gif', plugin),
  SECURITY_KEY: securityKey,
  ALLOW_UNSAFE_URL: as('TINTYPE_THUMBOR_UNSAFE', yesNo),
  ENABLE_ETAGS: only(true, 'Every picture has its ETag.'),
  MAX_ID_LENGTH: only(32, 'Ids of uploads have 32 characters.'),
  GC_INTERVAL: none('Memory is given back by itself.'),
  HEALTHCHECK_ROUTE: only(
    ['/healthcheck/?', '/healthcheck', '/healthcheck/'],
    'It is answered at healthcheck below the mount, and at /health.',
  ),
  STATSD_HOST: none(watched),
  STATSD_PORT: none(watched),
  STATSD_PREFIX: none(watched),
  FILE_LOADER_ROOT_PATH: fileRoot,
  HTTP_LOADER_CONNECT_TIMEOUT: as('TINTYPE_SOURCE_HTTP_CONNECT_SECONDS', whole(1, 600)),
  HTTP_LOADER_REQUEST_TIMEOUT: requestTimeout,
  HTTP_LOADER_FOLLOW_REDIRECTS: followRedirects,
  HTTP_LOADER_MAX_REDIRECTS: redirects,
  HTTP_LOADER_MAX_CLIENTS: as('TINTYPE_QUEUE_FETCHES', whole(1, 100_000)),
  HTTP_LOADER_FORWARD_USER_AGENT: only(false, forwarded),
  HTTP_LOADER_FORWARD_ALL_HEADERS: only(false, forwarded),
  HTTP_LOADER_FORWARD_HEADERS_WHITELIST: (value) => ({ note: Array.isArray(value) && value.length === 0 ? always : forwarded }),
  HTTP_LOADER_DEFAULT_USER_AGENT: as('TINTYPE_SOURCE_HTTP_USER_AGENT', text),
  HTTP_LOADER_PROXY_HOST: only(null, proxy),
  HTTP_LOADER_PROXY_PORT: only(null, proxy),
  HTTP_LOADER_PROXY_USERNAME: only(null, proxy),
  HTTP_LOADER_PROXY_PASSWORD: only(null, proxy),
  HTTP_LOADER_CA_CERTS: only(null, 'Node takes further authorities from the file that NODE_EXTRA_CA_CERTS names.'),
  HTTP_LOADER_VALIDATE_CERTS: only([null, true], 'Certificates are always checked.'),
  HTTP_LOADER_CLIENT_KEY: only(null, 'Originals are fetched without a certificate of the client.'),
  HTTP_LOADER_CLIENT_CERT: only(null, 'Originals are fetched without a certificate of the client.'),
  HTTP_LOADER_CURL_ASYNC_HTTP_CLIENT: none('There is one client, and it is not curl.'),
  HTTP_LOADER_CURL_LOW_SPEED_TIME: none('The least speed is measured over ten seconds.'),
  HTTP_LOADER_CURL_LOW_SPEED_LIMIT: unless(
    0,
    'The least speed is that of TINTYPE_SOURCE_HTTP_MIN_BYTES_PER_SECOND.',
    as('TINTYPE_SOURCE_HTTP_MIN_BYTES_PER_SECOND', whole(0, 1e9)),
  ),
  STORAGE_EXPIRATION_SECONDS: as(
    'TINTYPE_CACHE_DEFAULT_SECONDS',
    whole(0, 31_536_000),
    'For originals whose origin does not say how long they are good.',
  ),
  STORES_CRYPTO_KEY_FOR_EACH_IMAGE: only(false, 'Keys belong to the service and not to a picture: TINTYPE_THUMBOR_KEYS takes several.'),
  FILE_STORAGE_ROOT_PATH: none(
    'What Thumbor has kept there is fetched anew; TINTYPE_STORE_DISK_FOLDER is where originals and results are kept.',
  ),
  UPLOAD_MAX_SIZE: unless(0, 'There is always a bound, 20 MB: TINTYPE_UPLOAD_MAX_BYTES.', as('TINTYPE_UPLOAD_MAX_BYTES', whole(1, 1e9))),
  UPLOAD_ENABLED: upload,
  UPLOAD_PHOTO_STORAGE: none('Uploads go to the source that TINTYPE_UPLOAD_SOURCE names.'),
  UPLOAD_DELETE_ALLOWED: as('TINTYPE_UPLOAD_DELETE', yesNo),
  UPLOAD_PUT_ALLOWED: as('TINTYPE_UPLOAD_PUT', yesNo),
  UPLOAD_DEFAULT_FILENAME: as('TINTYPE_UPLOAD_FILENAME', (value) => (/^[\w.~-]{1,100}$/.test(String(value)) ? String(value) : undefined)),
  MIXED_STORAGE_FILE_STORAGE: none('Stores are chained by TINTYPE_STORE_KINDS.'),
  MIXED_STORAGE_CRYPTO_STORAGE: none('Keys belong to the service and not to a picture.'),
  MIXED_STORAGE_DETECTOR_STORAGE: none('What was found in a picture is kept with it.'),
  META_CALLBACK_NAME: unless(null, 'No name is said, as here.', as('TINTYPE_THUMBOR_META_CALLBACK_NAME', text)),
  DETECTORS: none(detection),
  FACE_DETECTOR_CASCADE_FILE: none(detection),
  GLASSES_DETECTOR_CASCADE_FILE: none(detection),
  PROFILE_DETECTOR_CASCADE_FILE: none(detection),
  OPTIMIZERS: none('Encoders optimise what they write, and no program runs behind them.'),
  JPEGTRAN_PATH: none('JPEGs are optimised as they are written.'),
  JPEGTRAN_SCANS_FILE: none('JPEGs are optimised as they are written.'),
  FFMPEG_PATH: none('Videos are not written.'),
  FILTERS: filters,
  RESULT_STORAGE_EXPIRATION_SECONDS: none('A result is good as long as its original: TINTYPE_CACHE_MAX_SECONDS bounds that.'),
  RESULT_STORAGE_FILE_STORAGE_ROOT_PATH: (_value, options) => ({
    note:
      options.get('RESULT_STORAGE') === 'thumbor.result_storages.file_storage'
        ? 'A folder of our own below it is used; what Thumbor has kept is made anew.'
        : 'No results are kept in files: RESULT_STORAGE says so.',
  }),
  RESULT_STORAGE_STORES_UNSAFE: none('Results are kept whether their URL was signed or not.'),
  REDIS_QUEUE_SERVER_HOST: none(queue),
  REDIS_QUEUE_SERVER_PORT: none(queue),
  REDIS_QUEUE_SERVER_DB: none(queue),
  REDIS_QUEUE_SERVER_PASSWORD: none(queue),
  REDIS_QUEUE_MODE: none(queue),
  REDIS_QUEUE_SENTINEL_INSTANCES: none(queue),
  REDIS_QUEUE_SENTINEL_PASSWORD: none(queue),
  REDIS_QUEUE_SENTINEL_MASTER_INSTANCE: none(queue),
  REDIS_QUEUE_SENTINEL_MASTER_PASSWORD: none(queue),
  REDIS_QUEUE_SENTINEL_MASTER_DB: none(queue),
  REDIS_QUEUE_SENTINEL_SOCKET_TIMEOUT: none(queue),
  SQS_QUEUE_KEY_ID: none(queue),
  SQS_QUEUE_KEY_SECRET: none(queue),
  SQS_QUEUE_REGION: none(queue),
  USE_CUSTOM_ERROR_HANDLING: only(false, errors),
  ERROR_HANDLER_MODULE: none(errors),
  SENTRY_DSN_URL: none(errors),
  SENTRY_ENVIRONMENT: none(errors),
  ERROR_FILE_LOGGER: none(errors),
  ERROR_FILE_NAME_USE_CONTEXT: none(errors),
  URL_SIGNER: only(
    'libthumbor.url_signers.base64_hmac_sha1',
    'URLs are signed with HMAC-SHA1 in base64, as Thumbor does unless told else.',
  ),
  MAX_WAIT_SECONDS_BEFORE_SERVER_SHUTDOWN: as('TINTYPE_SERVER_LAG_SECONDS', whole(0, 300)),
  MAX_WAIT_SECONDS_BEFORE_IO_SHUTDOWN: unless(
    0,
    'What runs may come to its end: TINTYPE_SERVER_DRAIN_SECONDS.',
    as('TINTYPE_SERVER_DRAIN_SECONDS', whole(0, 600)),
  ),
  NON_BLOCKING_SOCKETS: none('Sockets never block.'),
  HANDLER_LISTS: none('Uploads, the list of what is blocked and healthcheck have settings of their own; modules of Python are not loaded.'),
  APP_CLASS: only('thumbor.app.ThumborServiceApp', plugin),
  ACCESS_CONTROL_ALLOW_ORIGIN_HEADER: allowOrigin,
  COMPATIBILITY_LEGACY_LOADER: only(null, plugin),
  COMPATIBILITY_LEGACY_STORAGE: only(null, plugin),
  COMPATIBILITY_LEGACY_RESULT_STORAGE: only(null, plugin),

  AUTO_IMAGE_FORMAT_PREFERENCE: formats,
}

/** The options that are known, in the order of the list. */
export const thumborOptions: readonly string[] = Object.keys(rows)

/**
 * The environment that says what a `thumbor.conf` says, as far as there are words for it, and every option, or statement, for which there are
 * none. Nothing of the file is run. Options that the file leaves out are left out here as well, but for the loader: without one Thumbor fetches
 * from the web, and without a list of hosts from any.
 */
export function migrateThumbor(file: string): Migrated {
  const { assignments, unread } = readLiterals(file)
  const last = new Map(assignments.map(({ name, value, line }) => [name, { value, line }] as const))
  const options: Options = new Map([...last].map(([name, { value }]) => [name, value] as const))
  const settings: Record<string, string> = {}
  const notes: { option: string; line: number; why: string }[] = []
  for (const [option, { value, line }] of last) {
    const row = Object.hasOwn(rows, option) ? rows[option] : undefined
    const outcome: Outcome = row?.(value, options) ?? {
      note: 'Thumbor 7.8 has no such option: it may belong to a module of somebody else.',
    }
    Object.assign(settings, outcome.settings)
    if (outcome.note !== undefined) notes.push({ option, line, why: outcome.note })
    else if (outcome.settings === undefined) notes.push({ option, line, why: always })
  }
  if (!options.has('LOADER')) Object.assign(settings, loader('thumbor.loaders.http_loader', options).settings)
  return { settings, notes, unread }
}
