// Makes the pictures that uploads are measured with: jpeg-12.jpg (4000 x 3000), jpeg-24.jpg (6000 x 4000) and png.png
// (2400 x 1600). Without photographs to scale them from, they are noise at five scales, which is about as much to decode
// and encode as a photograph, and the same every time.
//
// usage: make_photos.mjs FOLDER [PHOTO ...]
import path from 'node:path';

import { load } from './packages.mjs';

const sharp = load('sharp');

const SHAPES = [['jpeg-12.jpg', 4000, 3000], ['jpeg-24.jpg', 6000, 4000], ['png.png', 2400, 1600]];
const OCTAVES = [[256, 1], [64, 0.5], [16, 0.3], [4, 0.16], [1, 0.05]]; // [pixels of a grain, strength]

// mulberry32
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

async function grains(width, height, grain, random) {
  const small = { width: Math.ceil(width / grain), height: Math.ceil(height / grain), channels: 3 };
  const noise = Buffer.alloc(small.width * small.height * 3);
  for (let index = 0; index < noise.length; ++index) noise[index] = random() & 0xff;
  return sharp(noise, { raw: small }).resize(width, height, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
}

async function madeUp(width, height) {
  const random = dice(1), sum = new Float32Array(width * height * 3), total = OCTAVES.reduce((all, [, strength]) => all + strength, 0);
  for (const [grain, strength] of OCTAVES) {
    const layer = await grains(width, height, grain, random);
    for (let index = 0; index < sum.length; ++index) sum[index] += layer[index] * strength / total;
  }
  return sharp(Buffer.from(Uint8ClampedArray.from(sum).buffer), { raw: { width, height, channels: 3 } });
}

const [folder, ...photos] = process.argv.slice(2);
let number = 0;
for (const [name, width, height] of SHAPES) {
  const photo = photos[number++ % Math.max(photos.length, 1)];
  const picture = photo ? sharp(photo).rotate().resize(width, height, { fit: 'cover' }) : await madeUp(width, height);
  await (name.endsWith('.png') ? picture.png() : picture.jpeg({ quality: 90 })).toFile(path.join(folder, name));
}
