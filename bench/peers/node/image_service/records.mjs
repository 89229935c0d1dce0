// What is known of the pictures, and the claims of uploads, in DynamoDB.
import { load } from '../packages.mjs';
import { dynamodb } from './aws.mjs';
import { settings } from './settings.mjs';

const { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } = load('@aws-sdk/lib-dynamodb');

export const IMAGES = `${settings.tablePrefix}ImageMetadata`;
export const CLAIMS = `${settings.tablePrefix}PendingUploads`;
export const BY_USER = 'UserIndex';

const CLAIM_SECONDS = 24 * 3600;

const imageKey = imageId => ({ PK: `IMAGE#${imageId}`, SK: 'METADATA' });
const claimKey = (userId, token) => ({ PK: `TOKEN#${userId}#${token}`, SK: 'METADATA' });

function recordOf(item) {
  const { PK, SK, GSI1PK, GSI1SK, ...record } = item;
  return record;
}

export function put(record) {
  return dynamodb.send(new PutCommand({
    TableName: IMAGES,
    Item: { ...imageKey(record.imageId), GSI1PK: `USER#${record.userId}`, GSI1SK: `UPLOADED#${record.uploadedAt}#${record.imageId}`, ...record },
  }));
}

export async function get(imageId) {
  const { Item } = await dynamodb.send(new GetCommand({ TableName: IMAGES, Key: imageKey(imageId) }));
  return Item && recordOf(Item);
}

// The newest first; { images, cursor }.
export async function list(userId, limit, cursor) {
  const { Items, LastEvaluatedKey } = await dynamodb.send(new QueryCommand({
    TableName: IMAGES, IndexName: BY_USER, KeyConditionExpression: 'GSI1PK = :user', ExpressionAttributeValues: { ':user': `USER#${userId}` },
    ScanIndexForward: false, Limit: limit, ExclusiveStartKey: cursor,
  }));
  return { images: Items.map(recordOf), cursor: LastEvaluatedKey };
}

export function complete(imageId, thumbnailKey) {
  return dynamodb.send(new UpdateCommand({
    TableName: IMAGES, Key: imageKey(imageId), ConditionExpression: 'attribute_exists(PK)',
    UpdateExpression: 'SET processingStatus = :completed, thumbnailKey = :key, updatedAt = :now',
    ExpressionAttributeValues: { ':completed': 'completed', ':key': thumbnailKey, ':now': new Date().toISOString() },
  }));
}

export function remove(imageId) {
  return dynamodb.send(new DeleteCommand({ TableName: IMAGES, Key: imageKey(imageId) }));
}

// undefined if the token is ours now; otherwise the claim of whoever was first: { status, imageId }.
export async function claim(userId, token, imageId) {
  const expires = Math.floor(Date.now() / 1000) + CLAIM_SECONDS;
  try {
    await dynamodb.send(new PutCommand({
      TableName: CLAIMS, Item: { ...claimKey(userId, token), status: 'PENDING', imageId, ttl: expires },
      ConditionExpression: 'attribute_not_exists(PK)',
    }));
    return undefined;
  } catch (error) {
    if (error.name !== 'ConditionalCheckFailedException') throw error;
    const { Item } = await dynamodb.send(new GetCommand({ TableName: CLAIMS, Key: claimKey(userId, token), ConsistentRead: true }));
    return Item ?? { status: 'PENDING', imageId };
  }
}

export function completeClaim(userId, token) {
  return dynamodb.send(new UpdateCommand({
    TableName: CLAIMS, Key: claimKey(userId, token), UpdateExpression: 'SET #status = :completed',
    ExpressionAttributeNames: { '#status': 'status' }, ExpressionAttributeValues: { ':completed': 'COMPLETED' },
  }));
}

// So that the upload can be tried again.
export function releaseClaim(userId, token) {
  return dynamodb.send(new DeleteCommand({ TableName: CLAIMS, Key: claimKey(userId, token) }));
}
