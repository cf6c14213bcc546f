import { metricsOfProbe, type Failure } from '#contracts';

/** Version of hook and line contract that this worker speaks, and what marks a fault (kernel/xperf/xperf.h). */
const version = '1';
const magic = '0x19940619';
/** Without these the figures or their proof would be missing. */
const needed = [...metricsOfProbe('pf'), 'checksum', 'settle', 'owner'];

const modes = ['off', 'root', 'owner', 'any'] as const;
export type HookMode = (typeof modes)[number];

/** What /proc/xperf tells of a kernel that carries the hook. */
export interface HookState {
  version: string;
  mode: HookMode;
  /** The user that may measure beside root in mode `owner`, by its number outside any user namespace; null: nobody. */
  owner: number | null;
  kpti: boolean;
  fred: boolean;
}

const remedyRebuild = 'Build kernel and worker from the same tree: npm run kernel:build, docs/patched-host.md.';

/**
 * Reads /proc/xperf.
 *
 * @param text null when the file is not there
 * @param release of the running kernel, for the message
 */
export function readHookState(text: string | null, release: string): HookState | Failure {
  if (text === null) {
    return {
      code: 'hook-missing',
      message: `the running kernel ${release} does not carry the hook: there is no /proc/xperf`,
      remedy: 'Boot a kernel with the hook (docs/patched-host.md), or ask for executor stock-host with probe pf_rt.',
    };
  }
  const fields = new Map(text.split('\n').map((line) => splitAt(line)));
  const capabilities = fields.get('capabilities')?.split(',') ?? [];
  const missing = needed.filter((one) => !capabilities.includes(one));
  if (fields.get('version') !== version || fields.get('magic') !== magic || missing.length > 0) {
    const says = ['version', 'magic', 'capabilities'].map((name) => `${name}=${fields.get(name) ?? ''}`).join(' ');
    return {
      code: 'hook-version',
      message: `/proc/xperf says ${says}; this worker needs version=${version} magic=${magic} with ${needed.join(',')}`,
      remedy: remedyRebuild,
    };
  }
  const mode = modes.find((one) => one === fields.get('mode'));
  const owner = ownerOf(fields.get('owner'));
  const kpti = flagOf(fields.get('kpti'));
  const fred = flagOf(fields.get('fred'));
  if (mode === undefined || owner === undefined || kpti === null || fred === null) {
    const says = ['mode', 'owner', 'kpti', 'fred'].map((name) => `${name}=${fields.get(name) ?? ''}`).join(' ');
    return {
      code: 'hook-version',
      message: `/proc/xperf says ${says}, which this worker does not know`,
      remedy: remedyRebuild,
    };
  }
  return { version, mode, owner, kpti, fred };
}

/** Null for what is neither: a run's label is never guessed. */
function flagOf(text: string | undefined): boolean | null {
  return text === '1' ? true : text === '0' ? false : null;
}

/** Undefined for what is neither a user nor nobody. */
function ownerOf(text: string | undefined): number | null | undefined {
  if (text === 'none') return null;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function splitAt(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
