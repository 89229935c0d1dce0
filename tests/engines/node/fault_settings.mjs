// What the fault proxy does to requests, how a request meets a fault, and what is counted. README.md describes the
// settings; there is one set of them, changed by the control port while requests run.

const SLOW_DOWN = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

const DEFAULTS = {
  match: '', // faults hit only requests whose head contains this text
  delay: 0, jitter: 0, // ms before an answer is passed on: delay + uniform(0, jitter)
  resetBefore: 0, resetAfter: 0, hangBefore: 0, hangAfter: 0, answer: 0, // shares of the requests, 0 to 1
  answerStatus: 503, answerType: 'application/xml', answerBody: SLOW_DOWN, // what `answer` answers without asking the engine
  times: 0, // that many requests meet a fault, then none any more; 0: no end
  refuse: false, // as if nobody listened: connections are reset and new ones refused
  seed: 1, // of the dice, so that a run can be repeated
};

export const FAULTS_BEFORE = ['resetBefore', 'hangBefore', 'answer'];
export const FAULTS_AFTER = ['resetAfter', 'hangAfter'];
const SHARES = [...FAULTS_BEFORE, ...FAULTS_AFTER];

function freshCounters() {
  return { connections: 0, open: 0, requests: 0, inFlight: 0, maxInFlight: 0, matched: 0,
    faults: Object.fromEntries(SHARES.map(name => [name, 0])) };
}

// mulberry32: 32 bits of state, good enough for shares.
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class FaultSettings {
  settings = { ...DEFAULTS };
  counters = freshCounters();
  #random = dice(DEFAULTS.seed);
  #faultsMet = 0;

  // Changes the given members. Throws, changing nothing, for one that there is not or that has another type or range.
  change(members) {
    for (const [name, value] of Object.entries(members)) {
      if (!Object.hasOwn(DEFAULTS, name)) throw new Error(`there is no setting ${name}`);
      if (typeof value !== typeof DEFAULTS[name]) throw new Error(`${name} must be a ${typeof DEFAULTS[name]}`);
      if (typeof value === 'number' && !(value >= 0)) throw new Error(`${name} must not be negative`);
      if (SHARES.includes(name) && value > 1) throw new Error(`${name} is a share, at most 1`);
    }
    Object.assign(this.settings, members);
    this.#faultsMet = 0;
    if ('seed' in members) this.#random = dice(members.seed);
  }

  reset() {
    const { open, inFlight } = this.counters;
    this.settings = { ...DEFAULTS };
    this.counters = { ...freshCounters(), open, inFlight, maxInFlight: inFlight };
    this.#random = dice(DEFAULTS.seed);
    this.#faultsMet = 0;
  }

  // A request has begun. What it will meet is decided here, at once, so that a change hits whole requests:
  // {fault: one of the shares' names or null, delay: ms}.
  begin(head) {
    const { settings, counters } = this;
    counters.requests++;
    counters.maxInFlight = Math.max(counters.maxInFlight, ++counters.inFlight);
    if (!head.includes(settings.match)) return { fault: null, delay: 0 };
    counters.matched++;
    return { fault: this.#fault(), delay: settings.delay + this.#random() * settings.jitter };
  }

  end() {
    this.counters.inFlight--;
  }

  // One throw for all shares: with answer 0.2 and resetAfter 0.1, three requests of ten meet a fault.
  #fault() {
    let rest = this.#random();
    if (this.settings.times > 0 && this.#faultsMet >= this.settings.times) return null;
    for (const name of SHARES) {
      if (rest < this.settings[name]) {
        this.#faultsMet++;
        this.counters.faults[name]++;
        return name;
      }
      rest -= this.settings[name];
    }
    return null;
  }
}
