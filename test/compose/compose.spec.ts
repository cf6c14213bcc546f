// The rules that docker-compose.yml, the Dockerfile and Grafana's provisioning keep.
import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';

interface Service {
  image?: string;
  build?: { target: string };
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  security_opt?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  network_mode?: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
}
interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
}

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const yaml = <T>(path: string) => load(read(path), { schema: CORE_SCHEMA.withTags(mergeTag) }) as T;

const compose = yaml<Compose>('docker-compose.yml');
const services = Object.entries(compose.services);
const ofOneShot = ['migrate'];

describe('docker-compose.yml', () => {
  it('has the whole fleet', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      ['coordinator', 'grafana', 'migrate', 'postgres', 'redis', 'worker'].sort(),
    );
  });

  describe.each(services)('%s', (name, service) => {
    it('is pinned to a patch release', () => {
      expect(service.image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
      expect(service.image).not.toMatch(/latest/);
    });

    it('does not run as root and can gain no rights', () => {
      expect(service.user).toMatch(/^(node|[1-9]\d*:\d+)$/);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.cap_add).toBeUndefined();
      expect(service.privileged).toBeUndefined();
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect(service.read_only).toBe(true);
    });

    it('has a health check, unless it ends by itself', () => {
      if (ofOneShot.includes(name)) expect(service.healthcheck).toEqual({ disable: true });
      else expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
    });

    it('carries no secret: each comes from the environment and must be given', () => {
      for (const [variable, value] of Object.entries(service.environment ?? {})) {
        if (!/PASSWORD|KEY|AUTH$|_URL$/.test(variable) || variable === 'COORDINATOR_URL') continue;
        expect(`${variable}: ${value}`).toMatch(/\$\{XF_\w+:\?is missing; run node docker\/new-env\.mjs\}/);
      }
      expect(JSON.stringify(service)).not.toMatch(/:\/\/[^$"/]*:[^$"/@]+@/);
    });

    it('is reachable from this machine only, and the databases from no machine', () => {
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
      if (['postgres', 'redis', 'migrate', 'worker'].includes(name)) expect(service.networks).toEqual(['data']);
      expect(service.network_mode).toBeUndefined();
    });

    it('mounts what is in the tree, read-only, or a named volume', () => {
      for (const volume of service.volumes ?? []) {
        const [source = '', , mode] = volume.split(':');
        if (!source.startsWith('.')) continue;
        expect(existsSync(new URL(source, root))).toBe(true);
        expect(mode).toBe('ro');
      }
    });
  });

  it('keeps the data network without a way out', () => {
    expect(compose.networks['data']?.internal).toBe(true);
  });

  it('migrates before anybody reads, and starts after what it needs is healthy', () => {
    expect(compose.services['coordinator']?.depends_on).toEqual({
      migrate: { condition: 'service_completed_successfully' },
      redis: { condition: 'service_healthy' },
    });
    expect(compose.services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(compose.services['worker']?.depends_on).toEqual({ coordinator: { condition: 'service_healthy' } });
    expect(compose.services['grafana']?.depends_on).toEqual({
      migrate: { condition: 'service_completed_successfully' },
    });
  });

  it('lets Redis evict nothing and write a log', () => {
    expect(compose.services['redis']?.command?.join(' ')).toMatch(/--maxmemory-policy noeviction --appendonly yes/);
  });
});

describe('docker-compose.publish.yml', () => {
  const { services: over } = yaml<Compose>('docker-compose.publish.yml');

  it('publishes the API and PostgreSQL alone, both with a certificate', () => {
    const published = Object.entries(over).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['postgres', 'coordinator']);
    expect(over['postgres']?.command).toEqual(
      expect.arrayContaining([...(compose.services['postgres']?.command ?? []), 'ssl=on']),
    );
    expect(over['coordinator']?.environment).toMatchObject({
      XF_TLS_CERT_FILE: '/run/tls/server.pem',
      XF_TLS_KEY_FILE: '/run/tls/server.key',
      XF_PLAIN_HOSTS: 'postgres',
    });
  });

  it('has PostgreSQL refuse whoever comes from another machine without TLS', () => {
    const rules = read('docker/pg_hba.publish.conf')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(/\s+/));
    expect(rules.every((rule) => rule.at(-1) === 'scram-sha-256')).toBe(true);
    const plain = rules.filter(([type]) => type === 'host').map((rule) => rule[3]);
    expect(plain).toEqual(['127.0.0.1/32', '172.30.77.0/24']);
    expect(read('docker-compose.publish.yml')).toContain('subnet: 172.30.77.0/24');
  });

  it('keeps Redis, whose password all share, out of what workers of other machines use', () => {
    expect(Object.keys(over)).not.toContain('redis');
    expect(over['coordinator']?.environment?.['QUEUE_URL']).toBe('');
    expect(over['worker']?.environment?.['QUEUE_URL']).toMatch(/^postgres:.*@postgres:5432\/xperf$/);
  });
});

describe('the environment file', () => {
  const required = [...new Set(read('docker-compose.yml').match(/(?<=\$\{)\w+(?=:\?)/g))];

  it('is shown by .env.example, without a value', () => {
    const example = read('.env.example');
    for (const name of required) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
    expect(example).not.toMatch(/^XF_\w+=.+$/m);
  });

  it('is not committed', () => {
    const ignored = execFileSync('git', ['check-ignore', '.env'], { cwd: root, encoding: 'utf8' });
    expect(ignored.trim()).toBe('.env');
    expect(execFileSync('git', ['ls-files', '.env'], { cwd: root, encoding: 'utf8' })).toBe('');
    expect(read('.dockerignore')).toMatch(/^\*$/m);
    expect(read('.dockerignore')).not.toMatch(/^!\.env/m);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('starts from a pinned image and ends every published stage as node', () => {
    expect(lines.filter((line) => /^FROM \S+:/.test(line))).toEqual([
      expect.stringMatching(/^FROM node:\d+\.\d+\.\d+-bookworm-slim AS base$/),
    ]);
    for (const target of new Set(services.flatMap(([, { build }]) => (build ? [build.target] : [])))) {
      const start = lines.indexOf(`FROM app AS ${target}`);
      const next = lines.findIndex((line, at) => at > start && line.startsWith('FROM '));
      const stage = lines.slice(start, next < 0 ? undefined : next);
      expect(start).toBeGreaterThan(0);
      expect(stage.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER node');
    }
  });

  it('copies only what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const sources = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
      .filter((source) => source !== '.');
    for (const source of sources) {
      expect(existsSync(new URL(source, root))).toBe(true);
      expect(allowed.some((path) => source === path || source.startsWith(`${path}/`))).toBe(true);
    }
  });
});

describe("Grafana's provisioning", () => {
  interface DataSources {
    datasources: { uid: string; jsonData: Record<string, unknown>; secureJsonData: { password: string } }[];
  }
  const { datasources } = yaml<DataSources>('dashboards/provisioning/datasources/xperf-fleet.yml');

  it('has the data source that the boards name, with what the front end needs, and its password from outside', () => {
    expect(datasources).toHaveLength(1);
    expect(datasources[0]).toMatchObject({ uid: 'xperf-fleet-postgres', type: 'grafana-postgresql-datasource' });
    expect(Object.keys(datasources[0]?.jsonData ?? {})).toEqual(
      expect.arrayContaining(['database', 'sslmode', 'postgresVersion', 'timeInterval']),
    );
    expect(datasources[0]?.secureJsonData.password).toBe('$XF_READER_PASSWORD');
  });

  it('gets every variable that it reads from docker-compose.yml', () => {
    const needed = read('dashboards/provisioning/datasources/xperf-fleet.yml').match(/(?<=\$)XF_\w+/g) ?? [];
    expect(Object.keys(compose.services['grafana']?.environment ?? {})).toEqual(expect.arrayContaining(needed));
  });

  it('reads the boards from where compose mounts them', () => {
    const { providers } = yaml<{ providers: { options: { path: string } }[] }>(
      'dashboards/provisioning/dashboards/xperf-fleet.yml',
    );
    const path = providers[0]?.options.path ?? '';
    expect(compose.services['grafana']?.volumes).toContain(`./dashboards/provisioning/boards:${path}:ro`);
  });
});
