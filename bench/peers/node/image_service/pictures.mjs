// What is made of an upload: the picture, at most 2048 pixels wide and high, and a thumbnail of 400 x 400.
import { load } from '../packages.mjs';
import { settings } from './settings.mjs';

const sharp = load('sharp');

if (settings.sharpConcurrency !== undefined) sharp.concurrency(settings.sharpConcurrency);
if (!settings.sharpCache) sharp.cache(false);

const FORMATS = new Set(['jpeg', 'png', 'webp']);

// { format, width, height } by the file's content, or undefined if it is no picture that is taken.
export async function probe(file) {
  const metadata = await sharp(file).metadata().catch(() => undefined);
  return metadata && FORMATS.has(metadata.format) ? metadata : undefined;
}

// { data, info: { width, height, size } }
export function makeMain(file) {
  return sharp(file).rotate()
    .resize({ width: 2048, height: 2048, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 85, effort: settings.effort })
    .toBuffer({ resolveWithObject: true });
}

export function makeThumbnail(file) {
  return sharp(file).rotate()
    .resize({ width: 400, height: 400, fit: 'cover' })
    .webp({ quality: 80, effort: settings.effort })
    .toBuffer();
}
