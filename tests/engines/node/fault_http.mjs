// Faults at the level of HTTP requests. Heads and bodies are passed on as they came, so that signatures stay right.
import http from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const agent = new http.Agent({ keepAlive: true, noDelay: true });
const HOP_BY_HOP = ['connection', 'keep-alive', 'expect', 'proxy-connection'];

function endToEnd(rawHeaders) {
  const kept = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!HOP_BY_HOP.includes(rawHeaders[i].toLowerCase())) kept.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  return kept;
}

function headOf(request) {
  const lines = [`${request.method} ${request.url} HTTP/1.1`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
  return lines.join('\r\n');
}

async function bodyOf(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

// The engine's whole answer. If the client goes away meanwhile, the engine still gets the whole request.
async function ask(upstream, request, body) {
  const headers = endToEnd(request.rawHeaders);
  const onward = http.request({ host: '127.0.0.1', port: upstream, method: request.method, path: request.url, headers, agent, setHost: false });
  onward.on('error', () => {}); // reported by `once`, or by the answer's body
  onward.end(body);
  const [answer] = await once(onward, 'response');
  return { status: answer.statusCode, reason: answer.statusMessage, headers: endToEnd(answer.rawHeaders), body: await bodyOf(answer) };
}

function answerItself(settings, request, response) {
  const body = Buffer.from(settings.answerBody);
  response.writeHead(settings.answerStatus, { 'Content-Type': settings.answerType, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? '' : body);
}

async function hang(socket) {
  if (!socket.destroyed) await once(socket, 'close');
}

async function handle(faults, upstream, request, response) {
  const { fault, delay } = faults.begin(headOf(request));
  try {
    if (fault === 'resetBefore') return void request.socket.resetAndDestroy();
    const body = await bodyOf(request);
    if (fault === 'hangBefore') return void await hang(request.socket);
    if (fault === 'answer') {
      await pause(delay);
      return void answerItself(faults.settings, request, response);
    }
    const answer = await ask(upstream, request, body);
    if (fault === 'resetAfter') return void request.socket.resetAndDestroy();
    if (fault === 'hangAfter') return void await hang(request.socket);
    if (delay > 0) await pause(delay);
    response.writeHead(answer.status, answer.reason, answer.headers);
    response.end(answer.body);
  } finally {
    faults.end();
  }
}

export function httpProxy(faults, upstream) {
  const serve = (request, response) => {
    // The client or the engine went away in the middle: what the other sees of it is a broken connection.
    handle(faults, upstream, request, response).catch(() => request.socket.resetAndDestroy());
  };
  const server = http.createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true }, serve);
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    serve(request, response);
  });
  return server;
}
