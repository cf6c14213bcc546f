import { rootCertificates } from 'node:tls';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nearest, readConfigFile, variableOf } from './config-file.js';
import { readSettings } from './worker-settings.js';

const good = `# where the fleet is
coordinatorUrl: https://fleet.example
key: xf_worker_1
databaseUrl: postgresql://w:pw@db.example:5432/xperf
queueUrl:
workerId: r7-u12
noiseControl: off

hosts:
  - hostId: r7-u12
    executors: [stock-host]
    labels:
      rack: r7
replaceHosts: true
`;

describe('readConfigFile', () => {
  it('gives what stands in the file as the environment would have it', () => {
    expect(readConfigFile('worker.yaml', good).environment).toEqual({
      COORDINATOR_URL: 'https://fleet.example',
      WORKER_KEY: 'xf_worker_1',
      DATABASE_URL: 'postgresql://w:pw@db.example:5432/xperf',
      WORKER_ID: 'r7-u12',
      WORKER_NOISE_CONTROL: 'off',
      WORKER_HOSTS: '[{"hostId":"r7-u12","executors":["stock-host"],"labels":{"rack":"r7"}}]',
      WORKER_REPLACE_HOSTS: '1',
    });
    for (const empty of ['', '# nothing yet\n\n']) expect(readConfigFile('worker.yaml', empty).environment).toEqual({});
  });

  it.each([
    ['a name that is not known', 'a: 1\n', 'worker.yaml line 1: a is not known; known are coordinatorUrl, key,'],
    [
      'a misspelt name, with its line',
      good.replace('queueUrl', 'quueUrl'),
      'worker.yaml line 5: quueUrl is not known; did you mean queueUrl?',
    ],
    ['what is no YAML, with its line', `${good}labels: [\n`, /^worker\.yaml line 1[56] is not YAML: /],
    ['one name twice', `${good}key: x\n`, /^worker\.yaml line 15 is not YAML: duplicated/],
    ['a list', '- a\n', 'worker.yaml must hold names with values'],
  ])('refuses %s', (_, text, says) => {
    expect(() => readConfigFile('worker.yaml', text)).toThrow(says);
  });
});

describe('readSettings from a file', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'xf-config-'));
    file = join(folder, 'worker.yaml');
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const settingsOf = (text: string, environment: Record<string, string> = {}) => {
    writeFileSync(file, text);
    return readSettings({ HOME: '/home/u', XF_WORKER_CONFIG: file, ...environment });
  };

  it('takes the file’s, and the environment’s before them', () => {
    expect(settingsOf(good, { LOG_LEVEL: 'debug', WORKER_ID: 'w2' })).toMatchObject({
      ...{ coordinatorUrl: 'https://fleet.example', workerId: 'w2', logLevel: 'debug', noiseControl: 'off' },
      ...{ replaceHosts: true, hosts: [{ hostId: 'r7-u12', labels: { rack: 'r7' } }] },
    });
  });

  it.each([
    [
      'a misspelt field of a host',
      ['labels:', 'lables:'],
      'worker.yaml line 12: hosts[0].lables is not known; did you mean labels?',
    ],
    ['an unknown executor', ['[stock-host]', '[stok-host]'], /worker\.yaml line 11: hosts\[0\]\.executors\[0\]: /],
    [
      'a wrong address',
      ['https://fleet', 'fleet'],
      'worker.yaml line 2: coordinatorUrl: must be a URL beginning http://',
    ],
    ['what is missing', ['key: xf_worker_1', '#'], 'worker.yaml: key: is not set; make a key of role worker'],
    [
      'another noise control',
      ['noiseControl: off', 'noiseControl: 7'],
      'worker.yaml line 7: noiseControl: must be off, read',
    ],
  ] as const)('names the line of %s', (_, [from, to], says) => {
    expect(() => settingsOf(good.replace(from, to))).toThrow(says);
  });

  it('names the variable where the environment is wrong', () => {
    expect(() => settingsOf(good, { LOG_LEVEL: 'loud' })).toThrow(/^ {2}LOG_LEVEL: /m);
    expect(() => readSettings({ XF_WORKER_CONFIG: '/nowhere/worker.yaml' })).toThrow('XF_WORKER_CONFIG names a file');
  });
});

describe('docs/install-worker.md', () => {
  it('shows a file with every name, which is usable', () => {
    const page = readFileSync('docs/install-worker.md', 'utf8');
    const text = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(Object.keys(readConfigFile('worker.yaml', text).environment).sort()).toEqual(
      Object.values(variableOf).sort(),
    );
    const folder = mkdtempSync(join(tmpdir(), 'xf-config-'));
    writeFileSync(join(folder, 'worker.yaml'), text);
    // An authority that is at hand, in the place of the page's.
    writeFileSync(join(folder, 'ca.pem'), rootCertificates[0] ?? '');
    const files = { XF_WORKER_CONFIG: join(folder, 'worker.yaml'), XF_CA_FILE: join(folder, 'ca.pem') };
    const settings = readSettings({ HOME: '/home/u', ...files });
    rmSync(folder, { recursive: true });
    expect(settings).toMatchObject({
      workerId: 'r7-u12',
      hosts: [{ executors: ['patched-host', 'stock-host'], batch: 64 }],
    });
  });
});

describe('nearest', () => {
  it('is a name a few letters away, or none', () => {
    expect(nearest('noisecontrol', ['noiseControl', 'noiseRoot'])).toBe('noiseControl');
    expect(nearest('threads', ['noiseControl', 'key'])).toBeNull();
  });
});
