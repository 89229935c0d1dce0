// One upload: check, make the pictures, store them and what is known of them.
import { randomUUID } from 'node:crypto';

import * as blobs from './blobs.mjs';
import * as cache from './cache.mjs';
import { makeMain, makeThumbnail } from './pictures.mjs';
import * as records from './records.mjs';
import { settings } from './settings.mjs';
import { enqueue } from './thumbnails.mjs';

async function storeMain(file, key) {
  const { data, info } = await makeMain(file);
  await blobs.put(key, data);
  return info;
}

async function storeThumbnail(file, key) {
  await blobs.put(key, await makeThumbnail(file));
}

// What sharp says of the main picture.
async function storePictures(file, mainKey, thumbnailKey) {
  if (settings.asyncThumbnails) return storeMain(file, mainKey);
  if (settings.parallelPuts) {
    const [info] = await Promise.all([storeMain(file, mainKey), storeThumbnail(file, thumbnailKey)]);
    return info;
  }
  const info = await storeMain(file, mainKey);
  await storeThumbnail(file, thumbnailKey);
  return info;
}

async function store(userId, imageId, upload) {
  const mainKey = blobs.mainKey(userId, imageId), thumbnailKey = blobs.thumbnailKey(userId, imageId);
  const info = await storePictures(upload.file, mainKey, thumbnailKey);
  const now = new Date().toISOString();
  const record = {
    imageId, userId, originalFilename: upload.filename, mimeType: `image/${upload.format}`, fileSize: upload.file.length,
    processedSize: info.size, width: info.width, height: info.height, aspectRatio: info.width / info.height, format: 'webp', quality: 85,
    s3Key: mainKey, thumbnailKey: settings.asyncThumbnails ? undefined : thumbnailKey,
    processingStatus: settings.asyncThumbnails ? 'processing' : 'completed', createdAt: now, updatedAt: now, uploadedAt: now, version: 1,
  };
  await records.put(record);
  if (settings.asyncThumbnails) await enqueue(userId, imageId);
  await cache.invalidate(userId, imageId);
  return record;
}

// { status, record }; `upload` is { file, filename, format }.
export async function run(userId, token, upload) {
  const imageId = randomUUID();
  if (!settings.idempotency) return { status: 201, record: await store(userId, imageId, upload) };
  const earlier = await records.claim(userId, token, imageId);
  if (earlier?.status === 'COMPLETED') return { status: 200, record: await records.get(earlier.imageId) };
  if (earlier) return { status: 409 };
  try {
    const record = await store(userId, imageId, upload);
    await records.completeClaim(userId, token);
    return { status: 201, record };
  } catch (error) {
    await records.releaseClaim(userId, token);
    throw error;
  }
}
