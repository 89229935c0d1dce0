// The routes of the service.
import { randomUUID } from 'node:crypto';

import { load } from '../packages.mjs';
import * as blobs from './blobs.mjs';
import * as cache from './cache.mjs';
import { probe } from './pictures.mjs';
import * as records from './records.mjs';
import { settings } from './settings.mjs';
import * as uploads from './uploads.mjs';

const { createVerifier } = load('fast-jwt');

const MOST_BYTES = 25 * 1024 * 1024, MOST_RECORDS = 100;
const verify = createVerifier({ key: settings.jwtSecret, algorithms: ['HS256'], cache: true });

function authenticate(request, reply, done) {
  try {
    request.userId = verify(request.headers.authorization?.replace(/^Bearer /, '') ?? '').sub;
    done();
  } catch {
    reply.code(401).send({ code: 'UNAUTHENTICATED' });
  }
}

async function upload(request, reply) {
  const part = await request.file();
  if (!part) return reply.code(400).send({ code: 'VALIDATION_FAILED' });
  const file = await part.toBuffer();
  const metadata = await probe(file);
  if (!metadata) return reply.code(415).send({ code: 'INVALID_FILE_TYPE' });
  const token = request.headers['idempotency-token'] ?? randomUUID();
  const { status, record } = await uploads.run(request.userId, token, { file, filename: part.filename, format: metadata.format });
  return status === 409 ? reply.code(409).send({ code: 'UPLOAD_IN_PROGRESS' }) : reply.code(status).send(record);
}

// The record, or undefined once it has answered that there is none for this user.
async function ownRecord(request, reply, find) {
  const record = await find(request.params.id);
  if (record?.userId === request.userId) return record;
  reply.code(record ? 403 : 404).send({ code: record ? 'NOT_AUTHORIZED' : 'IMAGE_NOT_FOUND' });
  return undefined;
}

async function get(request, reply) {
  const record = await ownRecord(request, reply, id => cache.image(id, () => records.get(id)));
  return record ?? reply;
}

async function list(request) {
  const limit = Math.min(Number(request.query.limit) || 20, MOST_RECORDS), { cursor = '' } = request.query;
  return cache.page(request.userId, `${limit}:${cursor}`, async () => {
    const from = cursor ? JSON.parse(Buffer.from(cursor, 'base64url')) : undefined;
    const found = await records.list(request.userId, limit, from);
    const nextCursor = found.cursor ? Buffer.from(JSON.stringify(found.cursor)).toString('base64url') : null;
    return { images: found.images, pagination: { limit, hasMore: nextCursor !== null, nextCursor } };
  });
}

async function remove(request, reply) {
  const record = await ownRecord(request, reply, records.get);
  if (!record) return reply;
  const { userId, imageId } = record;
  await blobs.remove(blobs.mainKey(userId, imageId), blobs.thumbnailKey(userId, imageId));
  await records.remove(imageId);
  await cache.invalidate(userId, imageId);
  return reply.code(204).send();
}

export function build() {
  const app = load('fastify')({ logger: settings.logger });
  app.register(load('@fastify/multipart'), { limits: { fileSize: MOST_BYTES, files: 1 } });
  app.decorateRequest('userId', '');
  app.addHook('onRequest', authenticate);
  app.post('/images', upload);
  app.get('/images/:id', get);
  app.get('/images', list);
  app.delete('/images/:id', remove);
  return app;
}
