// The read side of an image service on Fastify and ioredis, as their users write it: GET /images/:id gives the JSON that
// is in Redis at image:{id}, with an ETag, and 304 for If-None-Match. It asks for no token. Prints {"port": …} when it
// listens on 127.0.0.1, at a free port.
//   CACHE            redis: a GET on Redis for every request; memory: an LRU in the process before it
//   REDIS_URL        the one connection that all requests share
//   AUTO_PIPELINING  on (default): ioredis sends what one turn of the event loop asks for together; off
//   LOGGER           off (default) or on
import { load } from './packages.mjs';

const fastify = load('fastify');
const { Redis } = load('ioredis');
const { LRUCache } = load('lru-cache');

const { CACHE = 'redis', REDIS_URL, AUTO_PIPELINING = 'on', LOGGER = 'off' } = process.env;
const MOST_RECORDS = 10_000;

const redis = new Redis(REDIS_URL, { enableAutoPipelining: AUTO_PIPELINING === 'on' });
const app = fastify({ logger: LOGGER === 'on' });

// The version is the record's last member: found so, it costs less than parsing the JSON or a hash of it.
function recordOf(json) {
  return { json, etag: `"v${json.slice(json.lastIndexOf(':') + 1, -1)}"` };
}

async function fromRedis(id) {
  const json = await redis.get(`image:${id}`);
  return json === null ? undefined : recordOf(json);
}

const records = new LRUCache({ max: MOST_RECORDS, fetchMethod: fromRedis });
const find = CACHE === 'memory' ? id => records.get(id) ?? records.fetch(id) : fromRedis;

app.get('/images/:id', async (request, reply) => {
  const record = await find(request.params.id);
  if (!record) return reply.code(404).send({ code: 'NOT_FOUND', message: 'there is no image with this id' });
  reply.header('ETag', record.etag).header('Cache-Control', 'private, no-cache');
  if (request.headers['if-none-match'] === record.etag) return reply.code(304).send();
  return reply.type('application/json').send(record.json);
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ port: app.server.address().port }));
