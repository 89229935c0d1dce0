// Whether a request is signed as AWS wants it (Signature Version 4, in the Authorization header), decided by signing it
// again with AWS's own signer, @smithy/signature-v4. Beyond the signature: scope, clock, payload hash, signed headers.
import { createHash, timingSafeEqual } from 'node:crypto';
import { load } from './packages.mjs';

const { SignatureV4 } = load('@smithy/signature-v4');
const { Sha256 } = load('@aws-crypto/sha256-js');

const AUTHORIZATION = new RegExp('^AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/aws4_request, ?' +
  'SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$');
const SKEW_MS = 15 * 60 * 1000; // what AWS tolerates

// What is wrong with a request: `code` is AWS's, `message` is for whoever debugs a signer.
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function require(condition, code, message) {
  if (!condition) throw new Refusal(code, message);
}

const encode = text => encodeURIComponent(text).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());

function parseQuery(text) {
  const query = {};
  for (const pair of text.split('&').filter(Boolean)) {
    const at = pair.indexOf('=');
    const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
    (query[name] ??= []).push(at < 0 ? '' : decodeURIComponent(pair.slice(at + 1)));
  }
  return query;
}

function parseDate(stamp, scopeDate) {
  require(/^\d{8}T\d{6}Z$/.test(stamp ?? '') && stamp.startsWith(scopeDate), 'IncompleteSignature', `x-amz-date is ${stamp}, the scope's date ${scopeDate}`);
  const date = new Date(stamp.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
  require(Math.abs(Date.now() - date) <= SKEW_MS, 'RequestTimeTooSkewed', `the request is of ${stamp}`);
  return date;
}

function checkSignedHeaders(names, headers) {
  require(names.join() === [...names].sort().join(), 'IncompleteSignature', 'SignedHeaders is not sorted');
  require(names.includes('host'), 'IncompleteSignature', 'host is not signed');
  for (const name of names) require(name in headers, 'IncompleteSignature', `the signed header ${name} was not sent`);
  for (const name of Object.keys(headers).filter(n => n.startsWith('x-amz-'))) {
    require(names.includes(name), 'IncompleteSignature', `the header ${name} is not signed`);
  }
}

function checkPayload(service, declared, body) {
  require(declared || service !== 's3', 'InvalidRequest', 'x-amz-content-sha256 is missing');
  if (!declared || declared === 'UNSIGNED-PAYLOAD') return;
  const actual = createHash('sha256').update(body).digest('hex');
  require(declared === actual, 'XAmzContentSHA256Mismatch', `the body's SHA-256 is ${actual}, the header's ${declared}`);
}

// S3 encodes the path once and never normalises it; for the others the signer does both.
function requestToSign(service, request, names, body) {
  const [path, query = ''] = request.url.split('?');
  // Node hands headers over as Latin-1.
  const headers = Object.fromEntries(names.map(n => [n, Buffer.from(request.headers[n], 'latin1').toString()]));
  delete headers['x-amz-date'];
  delete headers['x-amz-security-token'];
  return {
    method: request.method, protocol: 'http:', hostname: '127.0.0.1', query: parseQuery(query), headers, body,
    path: service === 's3' ? path.split('/').map(segment => encode(decodeURIComponent(segment))).join('/') : path,
  };
}

async function signAgain(expected, request, names, date, body) {
  const token = request.headers['x-amz-security-token'];
  const signer = new SignatureV4({
    credentials: { accessKeyId: expected.accessKey, secretAccessKey: expected.secretKey, ...(token && { sessionToken: token }) },
    region: expected.region, service: expected.service, sha256: Sha256, applyChecksum: false, uriEscapePath: expected.service !== 's3',
  });
  const payload = request.headers['x-amz-content-sha256'] === 'UNSIGNED-PAYLOAD' ? '' : body;
  const toSign = requestToSign(expected.service, request, names, payload);
  const signed = await signer.sign(toSign, { signingDate: date, signableHeaders: new Set(names) });
  return AUTHORIZATION.exec(signed.headers.authorization);
}

// Throws a Refusal for a request that AWS would refuse. `expected`: {service, region, accessKey, secretKey}.
export async function verify(expected, request, body) {
  const { authorization } = request.headers;
  require(authorization, 'MissingAuthenticationToken', 'there is no Authorization header');
  const parts = AUTHORIZATION.exec(authorization);
  require(parts, 'IncompleteSignature', 'the Authorization header is not of Signature Version 4');
  const [, key, scopeDate, region, service, list, signature] = parts;
  require(key === expected.accessKey, 'InvalidAccessKeyId', `the key id is ${key}`);
  require(region === expected.region && service === expected.service, 'SignatureDoesNotMatch',
    `the scope is ${region}/${service}, but this is ${expected.region}/${expected.service}`);
  const date = parseDate(request.headers['x-amz-date'], scopeDate);
  const names = list.split(';');
  checkSignedHeaders(names, request.headers);
  checkPayload(service, request.headers['x-amz-content-sha256'], body);
  const [, , , , , wantedList, wanted] = await signAgain(expected, request, names, date, body);
  require(wantedList === list, 'SignatureDoesNotMatch', `the client signed ${list}, AWS's signer signs ${wantedList}`);
  require(timingSafeEqual(Buffer.from(wanted), Buffer.from(signature)), 'SignatureDoesNotMatch', 'the signature is wrong');
}
