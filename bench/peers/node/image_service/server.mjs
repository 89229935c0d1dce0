// An image service on Fastify, sharp, S3, DynamoDB, SQS and Redis, as its users write it (README.md). Prints {"port": …}
// once all its processes listen on 127.0.0.1, at a free port.
import cluster from 'node:cluster';

import { settings } from './settings.mjs';

const announce = port => console.log(JSON.stringify({ port }));

function runProcesses() {
  let listening = 0;
  cluster.on('listening', (_, address) => ++listening === settings.processes && announce(address.port));
  cluster.on('exit', (_, code, signal) => {
    console.error(`a process has ended with ${signal ?? code}`);
    process.exit(1);
  });
  for (let number = 0; number < settings.processes; ++number) cluster.fork();
}

async function serve() {
  const { build } = await import('./routes.mjs');
  const app = build();
  if (settings.asyncThumbnails && settings.consumer) {
    const { consume } = await import('./thumbnails.mjs');
    consume(new AbortController().signal, error => console.error(error));
  }
  await app.listen({ host: '127.0.0.1', port: 0 });
  if (!cluster.isWorker) announce(app.server.address().port);
}

if (settings.processes > 1 && cluster.isPrimary) runProcesses();
else await serve();
