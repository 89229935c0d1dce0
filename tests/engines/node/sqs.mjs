// fauxqs on loopback; its own command line listens on every address of the machine.
//   node sqs.mjs PORT
import { loadModule } from './packages.mjs';

const { buildApp } = await loadModule('fauxqs/dist/app.js');
await buildApp({ logger: false, defaultRegion: 'us-east-1' }).listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
