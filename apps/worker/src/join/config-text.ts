import { dump } from 'js-yaml';
import type { JoinReply } from '#contracts';

/** What the machine itself adds. */
interface Own {
  executors: readonly string[];
  machine?: string | undefined;
  caFile?: string | undefined;
  plainHosts?: readonly string[];
}

/** worker.yaml of a machine that has joined. */
export function configText(
  coordinatorUrl: string,
  { workerId, labels, key, databaseUrl, queueUrl }: JoinReply,
  { executors, machine, caFile, plainHosts = [] }: Own,
): string {
  const host = {
    ...{ hostId: workerId, executors: [...executors] },
    ...(machine === undefined ? {} : { machine }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
  const settings = {
    ...{ coordinatorUrl, key, databaseUrl },
    ...(queueUrl === null ? {} : { queueUrl }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(plainHosts.length === 0 ? {} : { plainHosts: [...plainHosts] }),
    ...{ workerId, hosts: [host] },
  };
  const head = `# Written by xperf-worker join. It holds this worker's secrets: keep it readable by root alone.
# All names: docs/install-worker.md. xperf-worker check says whether they are usable.
`;
  return head + dump(settings, { lineWidth: -1 });
}
