// A proxy that forwards requests signed as AWS wants them, and refuses others with AWS's errors. In front of engines that
// accept any signature it makes a test as strict as AWS. GET /_sigcheck counts what was let through and refused.
//   node sigcheck.mjs PORT UPSTREAM_PORT SERVICE REGION ACCESS_KEY SECRET_KEY
import http from 'node:http';
import { Refusal, verify } from './signature.mjs';

const [port, upstream, service, region, accessKey, secretKey] = process.argv.slice(2);
const expected = { service, region, accessKey, secretKey };
const agent = new http.Agent({ keepAlive: true, noDelay: true });
const counters = { forwarded: 0, refused: {} };

function refuse(response, refusal, method) {
  counters.refused[refusal.code] = (counters.refused[refusal.code] ?? 0) + 1;
  const [status, type, body] = service === 's3'
    ? [403, 'application/xml', `<?xml version="1.0"?><Error><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error>`]
    : [400, 'application/x-amz-json-1.0', JSON.stringify({ __type: `com.amazon.coral.service#${jsonCode(refusal.code)}`, message: refusal.message })];
  response.writeHead(status, { 'Content-Type': type });
  response.end(method === 'HEAD' ? '' : body);
}

function jsonCode(code) {
  return { MissingAuthenticationToken: code, SignatureDoesNotMatch: 'InvalidSignatureException',
    InvalidAccessKeyId: 'UnrecognizedClientException' }[code] ?? 'IncompleteSignatureException';
}

function forward(request, body, response) {
  const headers = { ...request.headers };
  delete headers.expect; // answered here
  delete headers['transfer-encoding'];
  if (body.length > 0 || 'content-length' in headers) headers['content-length'] = body.length;
  const options = { host: '127.0.0.1', port: upstream, method: request.method, path: request.url, headers, agent };
  const onward = http.request(options, answer => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}

async function handle(request, response) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  if (request.url === '/_sigcheck') return void response.end(JSON.stringify(counters) + '\n');
  const body = Buffer.concat(pieces);
  try {
    await verify(expected, request, body);
  } catch (error) {
    // What the signer cannot read, such as a broken escape in the path, is no fault of the proxy.
    return void refuse(response, error instanceof Refusal ? error : new Refusal('IncompleteSignature', String(error)), request.method);
  }
  counters.forwarded++;
  forward(request, body, response);
}

http.createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
  handle(request, response).catch(() => response.destroy()); // a client that went away in the middle
}).listen(Number(port), '127.0.0.1');
