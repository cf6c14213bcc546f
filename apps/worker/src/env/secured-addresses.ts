import { isPooled, PlainTextError, readTrust, securedUrl, type Trust, TrustError } from '#connect';

type Variable = 'DATABASE_URL' | 'QUEUE_URL' | 'COORDINATOR_URL';

export interface Addresses {
  databaseUrl: string;
  queueUrl: string;
  /** Without a slash at its end. */
  coordinatorUrl: string;
  /** PEM of the authorities that may have signed the coordinator's certificate; null: the system's. */
  ca: string | null;
}

/** The worker's three addresses as they are to be used, none of them in the clear off this machine, or what is wrong with them. */
export function securedAddresses(
  given: Readonly<Record<Exclude<Variable, 'QUEUE_URL'>, string>> & { QUEUE_URL?: string | undefined },
  environment: NodeJS.ProcessEnv,
): { addresses: Addresses; faults: { variable: string; message: string }[] } {
  const faults: { variable: string; message: string }[] = [];
  let trust: Trust = { caFile: null, ca: null, plainHosts: [] };
  try {
    trust = readTrust(environment);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    faults.push({ variable: error.setting, message: error.fault });
  }
  const secured = (variable: Variable, url: string): string => {
    try {
      return securedUrl(url, trust);
    } catch (error) {
      if (!(error instanceof PlainTextError)) throw error;
      faults.push({ variable, message: error.message });
      return url;
    }
  };
  const { QUEUE_URL: queue } = given;
  if (queue === undefined && isPooled(given.DATABASE_URL)) {
    const message =
      'is not set; DATABASE_URL leads through a pooler (pgbouncer=true), where LISTEN is lost: set it to PostgreSQL’s own address';
    faults.push({ variable: 'QUEUE_URL', message });
  }
  if (queue !== undefined && isPooled(queue)) {
    const message = 'leads through a pooler (pgbouncer=true), where LISTEN is lost; write PostgreSQL’s own address';
    faults.push({ variable: 'QUEUE_URL', message });
  }
  const databaseUrl = secured('DATABASE_URL', given.DATABASE_URL);
  return {
    faults,
    addresses: {
      databaseUrl,
      queueUrl: queue === undefined ? databaseUrl : secured('QUEUE_URL', queue),
      coordinatorUrl: secured('COORDINATOR_URL', given.COORDINATOR_URL).replace(/\/+$/, ''),
      ca: trust.ca,
    },
  };
}
