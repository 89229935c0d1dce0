// What sharp takes for the image work of one upload, on one thread, as image_service/pictures.mjs has it. Answers each line
// of the input with one of milliseconds.
//
// usage: render.mjs FILE EFFORT
import fs from 'node:fs';
import readline from 'node:readline';

import { load } from './packages.mjs';

const sharp = load('sharp');
sharp.concurrency(1);

const [path, effort] = process.argv.slice(2);
const file = fs.readFileSync(path);

for await (const _ of readline.createInterface({ input: process.stdin })) {
  const start = process.hrtime.bigint();
  await sharp(file).rotate().resize({ width: 2048, height: 2048, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 85, effort: Number(effort) }).toBuffer();
  await sharp(file).rotate().resize({ width: 400, height: 400, fit: 'cover' }).webp({ quality: 80, effort: Number(effort) }).toBuffer();
  console.log(Number(process.hrtime.bigint() - start) / 1e6);
}
