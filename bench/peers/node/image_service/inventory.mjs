// Prints the keys of all objects in S3_BUCKET, a line each.
import { load } from '../packages.mjs';
import { s3 } from './aws.mjs';
import { settings } from './settings.mjs';

const { paginateListObjectsV2 } = load('@aws-sdk/client-s3');

for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: settings.bucket })) {
  for (const { Key } of page.Contents ?? []) console.log(Key);
}
