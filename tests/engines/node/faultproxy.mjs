// A proxy on loopback that delays, breaks and answers in the place of the engine behind it, and counts.
//   node faultproxy.mjs http|tcp PORT UPSTREAM_PORT CONTROL_PORT
// On the control port: GET / gives {settings, counters}; POST /settings changes the members given as JSON; POST /reset
// puts settings and counters back.
import http from 'node:http';
import { FaultSettings } from './fault_settings.mjs';
import { httpProxy } from './fault_http.mjs';
import { tcpProxy } from './fault_tcp.mjs';

const [protocol, port, upstream, controlPort] = process.argv.slice(2);
const faults = new FaultSettings();
const proxy = (protocol === 'tcp' ? tcpProxy : httpProxy)(faults, Number(upstream));
const connections = new Set();

proxy.on('connection', connection => {
  faults.counters.connections++;
  faults.counters.open++;
  connections.add(connection);
  connection.on('close', () => {
    faults.counters.open--;
    connections.delete(connection);
  });
});

// An engine that is gone has no listening socket: its clients are refused, not accepted and dropped.
async function listenUnlessRefusing() {
  if (faults.settings.refuse && proxy.listening) {
    const closed = new Promise(done => proxy.close(done));
    for (const connection of connections) connection.resetAndDestroy();
    await closed;
  } else if (!faults.settings.refuse && !proxy.listening) {
    await new Promise(done => proxy.listen(Number(port), '127.0.0.1', done));
  }
}

async function control(request) {
  let body = '';
  for await (const piece of request) body += piece;
  if (request.method === 'POST' && request.url === '/settings') faults.change(JSON.parse(body));
  else if (request.method === 'POST' && request.url === '/reset') faults.reset();
  else if (request.method !== 'GET' || request.url !== '/') throw new Error(`there is no ${request.method} ${request.url}`);
  await listenUnlessRefusing();
}

async function answerControl(request, response) {
  try {
    await control(request);
    response.end(JSON.stringify({ settings: faults.settings, counters: faults.counters }) + '\n');
  } catch (error) {
    response.writeHead(400).end(`${error.message}\n`);
  }
}

await listenUnlessRefusing();
http.createServer(answerControl).listen(Number(controlPort), '127.0.0.1');
