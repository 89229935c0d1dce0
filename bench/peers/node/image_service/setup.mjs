// Makes the bucket, the tables and the queue that are not there yet.
import { load } from '../packages.mjs';
import { dynamodb, s3, sqs } from './aws.mjs';
import { BY_USER, CLAIMS, IMAGES } from './records.mjs';
import { settings } from './settings.mjs';

const { CreateBucketCommand } = load('@aws-sdk/client-s3');
const { CreateTableCommand } = load('@aws-sdk/client-dynamodb');
const { CreateQueueCommand } = load('@aws-sdk/client-sqs');

const THERE_ALREADY = new Set(['BucketAlreadyOwnedByYou', 'ResourceInUseException']);

async function unlessThere(sent) {
  await sent.catch(error => {
    if (!THERE_ALREADY.has(error.name)) throw error;
  });
}

function table(name, key, index = []) {
  const schema = ([hash, range]) => [{ AttributeName: hash, KeyType: 'HASH' }, { AttributeName: range, KeyType: 'RANGE' }];
  const indexes = index.length ? [{ IndexName: BY_USER, KeySchema: schema(index), Projection: { ProjectionType: 'ALL' } }] : undefined;
  return dynamodb.send(new CreateTableCommand({
    TableName: name, BillingMode: 'PAY_PER_REQUEST', KeySchema: schema(key), GlobalSecondaryIndexes: indexes,
    AttributeDefinitions: [...key, ...index].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
  }));
}

await Promise.all([
  unlessThere(s3.send(new CreateBucketCommand({ Bucket: settings.bucket }))),
  unlessThere(table(IMAGES, ['PK', 'SK'], ['GSI1PK', 'GSI1SK'])),
  unlessThere(table(CLAIMS, ['PK', 'SK'])),
  sqs.send(new CreateQueueCommand({ QueueName: settings.queue })),
]);
