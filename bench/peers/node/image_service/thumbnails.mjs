// Thumbnails that are made after the upload is answered: a message for each, and the consumer of the messages.
import { load } from '../packages.mjs';
import { sqs } from './aws.mjs';
import * as blobs from './blobs.mjs';
import * as cache from './cache.mjs';
import { makeThumbnail } from './pictures.mjs';
import * as records from './records.mjs';
import { settings } from './settings.mjs';

const { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } = load('@aws-sdk/client-sqs');

const BATCH = 10, WAIT_SECONDS = 20, PAUSE_MS = 1000;

let url;
const queueUrl = () => url ??= sqs.send(new GetQueueUrlCommand({ QueueName: settings.queue })).then(answer => answer.QueueUrl);

export async function enqueue(userId, imageId) {
  await sqs.send(new SendMessageCommand({ QueueUrl: await queueUrl(), MessageBody: JSON.stringify({ userId, imageId }) }));
}

async function handle({ userId, imageId }) {
  const key = blobs.thumbnailKey(userId, imageId);
  await blobs.put(key, await makeThumbnail(await blobs.get(blobs.mainKey(userId, imageId))));
  await records.complete(imageId, key);
  await cache.invalidate(userId, imageId);
}

async function consumeBatch(signal) {
  const QueueUrl = await queueUrl();
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: WAIT_SECONDS });
  const { Messages = [] } = await sqs.send(command, { abortSignal: signal });
  // A message that fails comes again after its visibility timeout.
  await Promise.allSettled(Messages.map(async message => {
    await handle(JSON.parse(message.Body));
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }));
}

export async function consume(signal, log) {
  while (!signal.aborted) {
    try {
      await consumeBatch(signal);
    } catch (error) {
      if (signal.aborted) return;
      log(error);
      await new Promise(resume => setTimeout(resume, PAUSE_MS));
    }
  }
}
