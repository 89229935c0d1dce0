// Faults at the level of TCP, for protocols that are not read here (Redis, TLS). What a client sends from one answer to the
// next counts as one request, so a pipeline is one; `match` looks into its first bytes. `answer` sends `answerBody` as it is.
import net from 'node:net';

const HEAD_BYTES = 2048;

class Conversation {
  #faults;
  #client;
  #engine;
  #request = null; // what the request that waits for its answer has met
  #held = Promise.resolve(); // answers leave in order, each after its delay

  constructor(faults, client, upstream) {
    this.#faults = faults;
    this.#client = client;
    this.#engine = net.connect({ port: upstream, host: '127.0.0.1', noDelay: true });
    client.on('data', bytes => this.#fromClient(bytes)).on('error', () => {}).on('close', () => this.#close());
    this.#engine.on('data', bytes => this.#fromEngine(bytes)).on('error', () => client.resetAndDestroy());
    this.#engine.on('close', () => this.#held.then(() => client.end()));
  }

  #fromClient(bytes) {
    if (this.#request === null) this.#request = this.#faults.begin(bytes.subarray(0, HEAD_BYTES).toString('latin1'));
    const { fault } = this.#request;
    if (fault === 'hangBefore') return;
    if (fault === 'resetBefore') return void this.#client.resetAndDestroy();
    if (fault === 'answer') {
      this.#endRequest();
      return void this.#client.end(this.#faults.settings.answerBody);
    }
    pass(bytes, this.#client, this.#engine);
  }

  #fromEngine(bytes) {
    const { fault, delay } = this.#request ?? { fault: null, delay: 0 };
    if (fault === 'resetAfter') return void this.#client.resetAndDestroy();
    if (fault === 'hangAfter') return;
    this.#endRequest();
    if (delay > 0) this.#held = this.#held.then(() => new Promise(done => setTimeout(done, delay)));
    this.#held = this.#held.then(() => pass(bytes, this.#engine, this.#client));
  }

  #endRequest() {
    if (this.#request !== null) this.#faults.end();
    this.#request = null;
  }

  #close() {
    this.#endRequest();
    this.#engine.destroy();
  }
}

// A receiver that is slower than the sender makes the sender wait.
function pass(bytes, from, to) {
  if (to.destroyed || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

export function tcpProxy(faults, upstream) {
  return net.createServer({ noDelay: true }, client => new Conversation(faults, client, upstream));
}
