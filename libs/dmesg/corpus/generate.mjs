// Makes the inputs of the corpus with the programs that people's logs come from: util-linux's dmesg on this kernel's
// own ring (as root), rsyslog, systemd-journal-remote and journalctl. What no program here can make (netconsole,
// pstore, a serial console, damage) is written by hand in the other files of this folder.
//   node libs/dmesg/corpus/generate.mjs && UPDATE_CORPUS=1 npx jest libs/dmesg/src/records/corpus
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
  readSync,
  constants,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const folder = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), 'xf-corpus-'));
const utc = { ...process.env, TZ: 'UTC' };
/** @param {string} program @param {string[]} options */
const run = (program, ...options) => execFileSync(program, options, { env: utc, stdio: ['ignore', 'pipe', 'ignore'] });
/** @param {string} program */
const version = (program, option = '--version') =>
  run(program, option)
    .toString()
    .replace(/\n[^]*/, '')
    .trim();

const nonce = '0badf00d';
/** @param {string} fields */
const line = (fields) => {
  const text = `xperf: magic=0x19940619 v=1 run=${nonce} ${fields}`;
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${text} ck=${hash.toString(16).padStart(8, '0')}`;
};
const messages = [
  'usb 1-1: new high-speed USB device number 2 using "xhci_hcd"',
  line('begin probe=pf faults=4 warmup=2 pid=77 cpu=3 batch=2 overhead=24'),
  line('pid=77 cpu=3 seq=0 u2k=440 k2u=270 irq=0'),
  line('pid=77 cpu=3 seq=1 u2k=441 k2u=-1 irq=1'),
  'thermal: ünïcode, a \\ and a tab\there',
  line('pid=77 cpu=3 seq=2 n=2 d=438/271,442/269!'),
  line('end faults=4 samples=4 rejected=0'),
];

/**
 * @param {string} name
 * @param {string} from
 * @param {Buffer} input
 */
function write(name, from, input) {
  const head = `from: ${from}\nnonce: ${nonce}\n--- input\n`;
  writeFileSync(
    join(folder, `${name}.txt`),
    Buffer.concat([Buffer.from(head), input, Buffer.from('--- expected\n{}\n')]),
  );
}

/** Puts the messages into this kernel's ring, as a user program may (facility user, level info). */
function intoKernelRing() {
  const kmsg = openSync('/dev/kmsg', constants.O_WRONLY);
  for (const message of messages) writeSync(kmsg, `<14>${message}\n`);
  closeSync(kmsg);
}

function kernelRecords() {
  const kmsg = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  const record = Buffer.alloc(8192);
  const records = [];
  for (;;) {
    try {
      records.push(Buffer.from(record.subarray(0, readSync(kmsg, record))));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') break;
      if (code !== 'EPIPE') throw error;
    }
  }
  closeSync(kmsg);
  return records;
}

run('dmesg', '--clear'); // only what dmesg shows from here on; the ring itself stays
intoKernelRing();
const ours = kernelRecords().slice(-messages.length);
write('kmsg', 'read(2) on /dev/kmsg, Linux 6.18', Buffer.concat(ours));

const dmesg = version('dmesg');
/**
 * dmesg has no choice of single records; ours are the last.
 *
 * @param {string[]} options
 */
function dmesgText(...options) {
  const text = run('dmesg', ...options).toString();
  return Buffer.from(
    text
      .split('\n')
      .slice(-messages.length - 1)
      .join('\n'),
  );
}
write('dmesg-plain', dmesg, dmesgText());
write('dmesg-decoded', `${dmesg}, -x`, dmesgText('-x'));
write('dmesg-ctime', `${dmesg}, -T`, dmesgText('-T'));
write('dmesg-decoded-ctime', `${dmesg}, -x -T`, dmesgText('-x', '-T'));
write('dmesg-show-delta', `${dmesg}, -d`, dmesgText('-d'));
write('dmesg-ctime-delta', `${dmesg}, -T -d`, dmesgText('-T', '-d'));
write('dmesg-raw', `${dmesg}, -r`, dmesgText('-r'));
write('dmesg-notime', `${dmesg}, -t`, dmesgText('-t'));
for (const format of ['delta', 'reltime', 'ctime', 'iso'])
  write(`dmesg-time-format-${format}`, `${dmesg}, --time-format=${format}`, dmesgText(`--time-format=${format}`));
write('dmesg-json', `${dmesg}, -u --json`, run('dmesg', '-u', '--json'));
const colour = run('dmesg', '--color=always')
  .toString()
  .split('\n')
  .slice(-messages.length - 1)
  .join('\n');
write('dmesg-colour', `${dmesg}, --color=always`, Buffer.from(colour));

/** The kernel's own file form for syslogd: /proc/kmsg. */
const procKmsg = messages.map(
  (message, index) => `<6>[   12.${String(345_678 + index).padStart(6, '0')}] ${message}\n`,
);

async function rsyslog() {
  const input = join(work, 'proc-kmsg');
  const traditional = join(work, 'traditional');
  const iso = join(work, 'iso');
  const configuration = join(work, 'rsyslog.conf');
  writeFileSync(input, procKmsg.join(''));
  writeFileSync(
    configuration,
    `global(localHostname="house")
module(load="imklog" LogPath="${input}")
if $syslogtag == "kernel:" and not ($msg contains "imklog") then {
  action(type="omfile" file="${traditional}" template="RSYSLOG_TraditionalFileFormat")
  action(type="omfile" file="${iso}" template="RSYSLOG_FileFormat")
}
`,
  );
  const daemon = spawn('rsyslogd', ['-n', '-f', configuration, '-i', join(work, 'pid')], { env: utc, stdio: 'ignore' });
  await wait(2_000);
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');
  const name = version('rsyslogd', '-v').replace(/ \(.*/, '').replace(/\s+/g, ' ');
  write('kern-log-traditional', `${name}, imklog, RSYSLOG_TraditionalFileFormat`, readFileSync(traditional));
  write('kern-log-iso', `${name}, imklog, RSYSLOG_FileFormat`, readFileSync(iso));
}

/** Journal entries as systemd-journald makes them of kernel records; a binary field where the text is not plain. */
function journalEntries() {
  /** @type {Buffer[]} */
  const parts = [];
  /**
   * @param {number} index
   * @param {string | Buffer} message
   * @param {Record<string, string | number>} more
   */
  const entry = (index, message, more = {}) => {
    const monotonic = 12_345_678 + index;
    const fields = {
      __REALTIME_TIMESTAMP: 1_700_000_000_000_000 + index,
      __MONOTONIC_TIMESTAMP: monotonic + 5,
      _BOOT_ID: '00112233445566778899aabbccddeeff',
      _TRANSPORT: 'kernel',
      PRIORITY: 6,
      SYSLOG_FACILITY: 0,
      SYSLOG_IDENTIFIER: 'kernel',
      _SOURCE_MONOTONIC_TIMESTAMP: monotonic,
      _HOSTNAME: 'house',
      ...more,
    };
    for (const [name, value] of Object.entries(fields)) parts.push(Buffer.from(`${name}=${value}\n`));
    const bytes = Buffer.isBuffer(message) ? message : Buffer.from(message);
    if (bytes.includes(10) || Buffer.isBuffer(message)) {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      parts.push(Buffer.from('MESSAGE\n'), length, bytes, Buffer.from('\n\n'));
    } else parts.push(Buffer.from('MESSAGE='), bytes, Buffer.from('\n\n'));
  };
  messages.forEach((message, index) => {
    const device = index === 0 ? { _KERNEL_SUBSYSTEM: 'usb', _KERNEL_DEVICE: 'c189:1' } : {};
    entry(index, message, device);
  });
  entry(messages.length, 'two lines\nin one record', { PRIORITY: 3 });
  entry(messages.length + 1, Buffer.from('not UTF-8: \xff\xfe and a bell \x07', 'latin1'), { PRIORITY: 3 });
  return Buffer.concat(parts);
}

function journal() {
  const [entries, file] = [join(work, 'entries.export'), join(work, 'house.journal')];
  writeFileSync(entries, journalEntries());
  run('/usr/lib/systemd/systemd-journal-remote', '-o', file, '--split-mode=none', entries);
  const systemd = version('journalctl');
  const texts = ['short', 'full', 'precise', 'iso', 'iso-precise', 'unix', 'delta', 'monotonic'];
  const outputs = texts.map((name) => (name === 'short' ? name : `short-${name}`));
  for (const output of [...outputs, 'export', 'json'])
    write(
      `journal-${output}`,
      `journalctl of ${systemd}, -o ${output}`,
      run('journalctl', '--file', file, '_TRANSPORT=kernel', '-o', output, '--no-pager'),
    );
}

await rsyslog();
journal();
rmSync(work, { recursive: true });
