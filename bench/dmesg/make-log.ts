import { closeSync, openSync, writeSync } from 'node:fs';
import { formatContractLine } from '#dmesg';

export const nonce = '0badf00d';
export const magic = 'magic=0x19940619';

export interface LogShape {
  /** At least so many bytes. */
  bytes: number;
  /** One line in so many is of the contract; 1: all are. */
  every: number;
  /** Samples a line; 1 is the form with a field each. */
  batch: number;
  /** Records of /dev/kmsg, or dmesg's text. */
  form: 'kmsg' | 'dmesg';
}

export interface MadeLog {
  bytes: number;
  lines: number;
  samples: number;
}

const chatter = [
  'usb 3-2: new high-speed USB device number 17 using xhci_hcd',
  'EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.',
  'audit: type=1400 audit(1700000000.123:45): apparmor="STATUS" operation="profile_load" name="lsb_release" pid=612',
  'e1000e 0000:00:1f.6 eno1: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx',
  'perf: interrupt took too long (2503 > 2500), lowering kernel.perf_event_max_sample_rate to 79750',
];

/** Writes a log with one run in it: begin, samples with a spread of values, end. */
export function makeLog(path: string, { bytes, every, batch, form }: LogShape): MadeLog {
  const file = openSync(path, 'w');
  const made: MadeLog = { bytes: 0, lines: 0, samples: 0 };
  let text = '';
  const put = (message: string): void => {
    const time = 12_000_000 + made.lines * 3;
    const second = String(Math.floor(time / 1e6)).padStart(5);
    text +=
      form === 'kmsg'
        ? `6,${made.lines},${time},-;${message}\n`
        : `[${second}.${String(time % 1e6).padStart(6, '0')}] ${message}\n`;
    made.lines++;
    if (text.length < 1_048_576) return;
    made.bytes += writeSync(file, text);
    text = '';
  };
  // Announces more faults than are printed before the wanted size is reached; the end line rejects the rest.
  const faults = 2_000_000_000;
  put(formatContractLine(nonce, `begin probe=pf faults=${faults} warmup=0 pid=4711 cpu=3 batch=${batch} overhead=24`));
  while (made.bytes < bytes) {
    if (made.lines % every !== 0) put(chatter[made.lines % chatter.length]!);
    else put(formatContractLine(nonce, sampleFields(made.samples, batch)));
    if (made.lines % every === 1 || every === 1) made.samples += batch;
  }
  put(formatContractLine(nonce, `end faults=${faults} samples=${made.samples} rejected=${faults - made.samples}`));
  made.bytes += writeSync(file, text);
  closeSync(file);
  return made;
}

function sampleFields(seq: number, batch: number): string {
  const u2k = (index: number): number => 420 + ((index * 7) % 60);
  const k2u = (index: number): number => 255 + ((index * 11) % 40);
  const head = `pid=4711 cpu=3 seq=${seq}`;
  if (batch === 1) return `${head} u2k=${u2k(seq)} k2u=${k2u(seq)} irq=${seq % 1_000 === 0 ? 1 : 0}`;
  const pairs = Array.from({ length: batch }, (_, index) => `${u2k(seq + index)}/${k2u(seq + index)}`);
  return `${head} n=${batch} d=${pairs.join(',')}`;
}
