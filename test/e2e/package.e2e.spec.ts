import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const limitMs = 180_000;

/** npm run package, then both packages unpacked into a folder of their own, where nothing of the tree can be found. */
describe('xf as a program by itself', () => {
  let folder: string;
  let made: string[];
  const installed = (...place: string[]): string => path.join(folder, 'root', 'usr', ...place);
  function xf(program: string, ...words: string[]) {
    const env = { PATH: path.dirname(process.execPath) + ':/usr/bin:/bin', HOME: folder };
    return spawnSync(program, words, { cwd: folder, env, encoding: 'utf8' });
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xf-package-'));
    const said = execFileSync(process.execPath, ['scripts/package.mjs', 'xf'], { encoding: 'utf8' });
    made = said.split('\n').map((line) => line.split(' ')[0] ?? '');
    const [tarball = '', deb = ''] = made;
    execFileSync('dpkg-deb', ['-x', deb, path.join(folder, 'root')]);
    await mkdir(path.join(folder, 'npm'));
    execFileSync('tar', ['-xzf', tarball, '-C', path.join(folder, 'npm')]);
  }, limitMs);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs from the Debian package and from the npm tarball, with the release and the help', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    const ofNpm = JSON.parse(await readFile(path.join(folder, 'npm/package/package.json'), 'utf8')) as {
      bin: { xf: string };
      dependencies?: object;
    };
    expect(ofNpm.dependencies).toBeUndefined();
    for (const program of [installed('bin', 'xf'), path.join(folder, 'npm/package', ofNpm.bin.xf)]) {
      expect(xf(program, '--version')).toMatchObject({ stdout: `${version}\n`, stderr: '', status: 0 });
      expect(xf(program, '--help').stdout).toContain('list jobs, newest first');
    }
  });

  it('can load every command, and says of those that serve a fleet that they need the tree', () => {
    const names = [...xf(installed('bin', 'xf'), '--help').stdout.matchAll(/^ {2}([a-z][a-z-]*)(?= )/gm)];
    expect(names.length).toBeGreaterThan(20);
    for (const [, name = ''] of names) {
      if (name !== 'help') expect(xf(installed('bin', 'xf'), name, '--help')).toMatchObject({ status: 0, stderr: '' });
    }
    expect(xf(installed('bin', 'xf'), 'up').stderr).toContain('needs the project’s tree');
    expect(xf(installed('bin', 'xf'), 'jobs')).toMatchObject({ status: 3 });
    expect(xf(installed('bin', 'xf'), 'doctor').stdout).not.toContain('postgresql');
    expect(xf(installed('bin', 'xf'), 'sim', 'predict', '--cpu', 'zen3')).toMatchObject({ status: 0 });
  });

  it('has a man page that groff takes without a warning, and completions that the shells can read', async () => {
    const page = path.join(folder, 'xf.1');
    await writeFile(page, gunzipSync(await readFile(installed('share/man/man1/xf.1.gz'))));
    expect(await readFile(page, 'utf8')).toMatch(/^\.TH XF 1 /);
    if (existsSync('/usr/bin/groff')) {
      const drawn = spawnSync('groff', ['-man', '-Tutf8', '-ww', page], { encoding: 'utf8' });
      expect([drawn.status, drawn.stderr]).toEqual([0, '']);
      // Bold is each letter twice, one over the other.
      expect(drawn.stdout.replaceAll(/.\u0008/gu, '')).toContain('xf regressions show <finding>');
    }
    const scripts = [
      ['bash', 'share/bash-completion/completions/xf'],
      ['zsh', 'share/zsh/vendor-completions/_xf'],
      ['fish', 'share/fish/vendor_completions.d/xf.fish'],
    ] as const;
    for (const [shell, script] of scripts) {
      if (existsSync(`/usr/bin/${shell}`)) {
        expect(spawnSync(shell, ['-n', installed(script)], { encoding: 'utf8' })).toMatchObject({
          status: 0,
          stderr: '',
        });
      } else expect(await readFile(installed(script), 'utf8')).toContain('regressions');
    }
    const ask = `source ${installed(scripts[0][1])}; COMP_WORDS=(xf regressions ac); COMP_CWORD=2; _xf; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', ask], { encoding: 'utf8' })).toBe('ack\n');
  });

  it('has nothing of a server in it, and names the licences of what it has', async () => {
    const files = readdirSync(installed('lib/xf'), { recursive: true, encoding: 'utf8' });
    const text = (
      await Promise.all(
        files.filter((file) => file.endsWith('.js')).map((file) => readFile(installed('lib/xf', file), 'utf8')),
      )
    ).join('');
    for (const foreign of ['PrismaClient', 'BullMQ', 'NestFactory']) expect(text).not.toContain(foreign);
    const notice = await readFile(installed('share/doc/xperf-fleet-cli/copyright'), 'utf8');
    expect(notice).toMatch(/commander \d.*: MIT[\s\S]*zod \d.*: MIT/);
  });
});
