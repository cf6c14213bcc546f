// Reads what the guest sends through its port: kernel-log records, and lines of its own that begin with @.

/**
 * 32-bit FNV-1a of the characters (all ASCII here).
 *
 * @param {string} text
 */
export function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/**
 * @typedef {object} PortText
 * @property {{ sequence: number, text: string }[]} records
 * @property {number} lostRecords jumps of the sequence numbers, added up
 * @property {number} epipes
 * @property {Map<string, string[]>} facts
 * @property {Map<string, string[]>} factsAfter
 * @property {string[]} output
 * @property {string[]} errors
 * @property {{ status: number, signal: number } | undefined} exit
 * @property {boolean} complete
 */

/**
 * @param {string} text all bytes of the port
 * @returns {PortText}
 */
export function readPort(text) {
  /** @type {PortText} */
  const result = {
    records: [],
    lostRecords: 0,
    epipes: 0,
    facts: new Map(),
    factsAfter: new Map(),
    output: [],
    errors: [],
    exit: undefined,
    complete: false,
  };
  let facts = result.facts;
  for (const line of text.split('\n')) {
    const [record, number, message = ''] = /^\d+,(\d+),\d+,[^;]*;(.*)$/.exec(line) ?? [];
    const [own, kind, rest = ''] = /^@(\S+) ?(.*)$/.exec(line) ?? [];
    if (record !== undefined) {
      const sequence = Number(number);
      const previous = result.records.at(-1);
      if (previous) result.lostRecords += sequence - previous.sequence - 1;
      result.records.push({ sequence, text: message });
    } else if (own !== undefined) {
      if (kind === 'fact') {
        const [path = ''] = rest.split(' ', 1);
        facts.set(path, [...(facts.get(path) ?? []), rest.slice(path.length + 1)]);
      } else if (kind === 'after') facts = result.factsAfter;
      else if (kind === 'epipe') result.epipes++;
      else if (kind === 'out') result.output.push(rest);
      else if (kind === 'err' || kind === 'error') result.errors.push(rest);
      else if (kind === 'exit') {
        const [status = NaN, signal = NaN] = (rest.match(/-?\d+/g) ?? []).map(Number);
        result.exit = { status, signal };
      } else if (kind === 'end') result.complete = true;
    }
  }
  return result;
}

/** @typedef {{ seq: number, u2k: number, k2u: number, interrupted: boolean }} Sample */

/**
 * @param {Record<string, string>} fields of a line
 * @returns {Sample[]}
 */
function readSamples(fields) {
  if (fields.u2k !== undefined)
    return [
      { seq: Number(fields.seq), u2k: Number(fields.u2k), k2u: Number(fields.k2u), interrupted: fields.irq === '1' },
    ];
  return (fields.d ?? '').split(',').map((value, index) => {
    const [, u2k, k2u, mark] = /^(\d+)\/(-?\d+)(!?)$/.exec(value) ?? [];
    return { seq: Number(fields.seq) + index, u2k: Number(u2k), k2u: Number(k2u), interrupted: mark === '!' };
  });
}

/**
 * @typedef {object} LoggedRun
 * @property {Record<string, string>} [begin]
 * @property {Record<string, string>} [end]
 * @property {Set<string>} pids
 * @property {number} lines
 * @property {number[]} firsts the first sequence number of each line
 * @property {Sample[]} samples
 */

/**
 * Runs found in kernel-log records, by nonce.
 * @param {readonly { text: string }[]} records
 * @returns {{ runs: Map<string, LoggedRun>, damaged: string[] }} `damaged`: lines whose checksum is wrong
 */
export function readRuns(records) {
  /** @type {Map<string, LoggedRun>} */
  const runs = new Map();
  /** @type {string[]} */
  const damaged = [];
  for (const { text } of records) {
    if (!text.startsWith('xperf: magic=')) continue;
    const [content = '', checksum] = text.split(' ck=');
    if (checksum !== fnv1a(content)) {
      damaged.push(text);
      continue;
    }
    /** @type {Record<string, string>} */
    const fields = Object.fromEntries([...content.matchAll(/(\S+?)=(\S*)/g)].map(([, name, value]) => [name, value]));
    const nonce = fields.run ?? '';
    const run = runs.get(nonce) ?? { pids: new Set(), lines: 0, firsts: [], samples: [] };
    runs.set(nonce, run);
    if (fields.pid !== undefined) run.pids.add(fields.pid);
    if (/ begin /.test(content)) run.begin = fields;
    else if (/ end /.test(content)) run.end = fields;
    else {
      run.lines++;
      run.firsts.push(Number(fields.seq));
      for (const sample of readSamples(fields)) run.samples.push(sample);
    }
  }
  return { runs, damaged };
}
