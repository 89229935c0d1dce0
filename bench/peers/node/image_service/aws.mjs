// The clients of AWS's services. Endpoints, region and credentials come from AWS's own environment variables.
import { load } from '../packages.mjs';

const { S3Client } = load('@aws-sdk/client-s3');
const { DynamoDBClient } = load('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient } = load('@aws-sdk/lib-dynamodb');
const { SQSClient } = load('@aws-sdk/client-sqs');

export const s3 = new S3Client({ forcePathStyle: true });
export const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
export const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
