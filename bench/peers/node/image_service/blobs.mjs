// Pictures in S3.
import { load } from '../packages.mjs';
import { s3 } from './aws.mjs';
import { settings } from './settings.mjs';

const { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } = load('@aws-sdk/client-s3');

export const mainKey = (userId, imageId) => `images/${userId}/${imageId}.webp`;
export const thumbnailKey = (userId, imageId) => `images/${userId}/thumbnails/${imageId}.webp`;

export function put(key, body) {
  return s3.send(new PutObjectCommand({
    Bucket: settings.bucket, Key: key, Body: body, ContentType: 'image/webp', CacheControl: 'public, max-age=31536000, immutable',
  }));
}

export async function get(key) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: settings.bucket, Key: key }));
  return Buffer.from(await Body.transformToByteArray());
}

export function remove(...keys) {
  return s3.send(new DeleteObjectsCommand({ Bucket: settings.bucket, Delete: { Objects: keys.map(Key => ({ Key })), Quiet: true } }));
}
