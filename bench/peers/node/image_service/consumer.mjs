// The consumer of thumbnails as a process of its own, beside servers with CONSUMER=off.
import { consume } from './thumbnails.mjs';

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await consume(stop.signal, error => console.error(error));
process.exit(0);
