// The switches of the service, from the environment. PHASE sets all five of a phase of its life (README.md); each can be
// set by itself too.

const PHASES = {
  1: { PUTS: 'sequential', THUMBNAILS: 'inline', INVALIDATION: 'keys', REDIS: 'per-request', IDEMPOTENCY: 'off' },
  2: { PUTS: 'parallel', THUMBNAILS: 'inline', INVALIDATION: 'scan', REDIS: 'reused', IDEMPOTENCY: 'off' },
  3: { PUTS: 'parallel', THUMBNAILS: 'async', INVALIDATION: 'scan', REDIS: 'reused', IDEMPOTENCY: 'off' },
  4: { PUTS: 'parallel', THUMBNAILS: 'async', INVALIDATION: 'tags', REDIS: 'reused', IDEMPOTENCY: 'on' },
};

const { PHASE = '4' } = process.env;
if (!PHASES[PHASE]) throw new Error(`there is no phase ${PHASE}`);

function oneOf(name, ...allowed) {
  const value = process.env[name] ?? PHASES[PHASE][name] ?? allowed[0];
  if (!allowed.includes(value)) throw new Error(`${name} must be one of ${allowed.join(', ')}`);
  return value;
}

function number(name, otherwise) {
  const value = process.env[name] ?? otherwise;
  if (value === undefined) return undefined;
  if (!Number.isInteger(Number(value))) throw new Error(`${name} must be a whole number`);
  return Number(value);
}

export const settings = {
  parallelPuts: oneOf('PUTS', 'sequential', 'parallel') === 'parallel',
  asyncThumbnails: oneOf('THUMBNAILS', 'inline', 'async') === 'async',
  invalidation: oneOf('INVALIDATION', 'keys', 'scan', 'tags'),
  reuseRedis: oneOf('REDIS', 'per-request', 'reused') === 'reused',
  idempotency: oneOf('IDEMPOTENCY', 'off', 'on') === 'on',

  processes: number('PROCESSES', 1),
  consumer: oneOf('CONSUMER', 'on', 'off') === 'on', // of thumbnails, in every process; off: consumer.mjs runs beside them
  effort: number('EFFORT', 4), // of WebP; 4 is sharp's own
  sharpConcurrency: number('SHARP_CONCURRENCY'), // threads of libvips for each picture; not set: sharp's own
  sharpCache: oneOf('SHARP_CACHE', 'default', 'off') === 'default',
  logger: oneOf('LOGGER', 'off', 'on') === 'on',

  jwtSecret: process.env.JWT_SECRET,
  redisUrl: process.env.REDIS_URL,
  bucket: process.env.S3_BUCKET ?? 'images',
  queue: process.env.SQS_QUEUE ?? 'thumbnails',
  tablePrefix: process.env.DYNAMODB_TABLE_PREFIX ?? '',
};
