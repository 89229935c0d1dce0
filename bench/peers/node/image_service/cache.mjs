// Answers in Redis: a record at image:{id}, and pages of a user's gallery at gallery:{userId}:….
import { load } from '../packages.mjs';
import { settings } from './settings.mjs';

const { Redis } = load('ioredis');

const SECONDS = 300;
const imageKey = imageId => `image:${imageId}`;
const pageKey = (userId, page) => `gallery:${userId}:${page}`;
const pagesOf = userId => `gallery:${userId}:*`;
const tagOf = userId => `tag:user:${userId}`;

const connect = () => new Redis(settings.redisUrl, { enableAutoPipelining: true });
const shared = settings.reuseRedis ? connect() : undefined;

async function withRedis(use) {
  if (shared) return use(shared);
  const redis = connect();
  try {
    return await use(redis);
  } finally {
    await redis.quit();
  }
}

async function found(redis, key) {
  const json = await redis.get(key);
  return json === null ? undefined : JSON.parse(json);
}

const store = (redis, key, value) => redis.set(key, JSON.stringify(value), 'EX', SECONDS);

// Puts what `load` gives there, if it is not there yet.
async function through(key, load, alsoStored) {
  return withRedis(async redis => {
    const cached = await found(redis, key);
    if (cached) return cached;
    const value = await load();
    if (value) await Promise.all([store(redis, key, value), alsoStored?.(redis)]);
    return value;
  });
}

export const image = (imageId, load) => through(imageKey(imageId), load);

export function page(userId, page, load) {
  const key = pageKey(userId, page);
  const tag = redis => redis.multi().sadd(tagOf(userId), key).expire(tagOf(userId), SECONDS).exec();
  return through(key, load, settings.invalidation === 'tags' ? tag : undefined);
}

async function scanned(redis, pattern) {
  const keys = [];
  for await (const some of redis.scanStream({ match: pattern, count: 1000 })) keys.push(...some);
  return keys;
}

const FIND_PAGES = {
  keys: (redis, userId) => redis.keys(pagesOf(userId)),
  scan: (redis, userId) => scanned(redis, pagesOf(userId)),
  tags: async (redis, userId) => [...await redis.smembers(tagOf(userId)), tagOf(userId)],
};

// After a write to one of the user's pictures.
export function invalidate(userId, imageId) {
  return withRedis(async redis => {
    const pages = await FIND_PAGES[settings.invalidation](redis, userId);
    await redis.unlink(imageKey(imageId), ...pages);
  });
}
