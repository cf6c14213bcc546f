/** What /proc/cpuinfo tells of the first processor, and how many there are. */
export interface Cpuinfo {
  vendor: string;
  family: number;
  model: number;
  stepping: number;
  name: string;
  microcode: string | null;
  flags: ReadonlySet<string>;
  bogomips: number | null;
  cpus: number;
}

function fieldsOf(block: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return fields;
}

function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
}

/**
 * Reads the text of /proc/cpuinfo (x86). Null when it names no x86 processor, as on other architectures.
 * Some kernels write `unknown` for a stepping that they can't read; it becomes 0.
 */
export function parseCpuinfo(text: string | null): Cpuinfo | null {
  if (text === null) return null;
  const processors = text
    .split(/\n\s*\n/)
    .map(fieldsOf)
    .filter((fields) => fields.has('processor'));
  const first = processors[0];
  const vendor = first?.get('vendor_id');
  if (first === undefined || vendor === undefined) return null;
  const bogomips = Number.parseFloat(first.get('bogomips') ?? '');
  return {
    vendor,
    family: wholeNumber(first.get('cpu family')),
    model: wholeNumber(first.get('model')),
    stepping: wholeNumber(first.get('stepping')),
    name: first.get('model name') ?? vendor,
    microcode: first.get('microcode') ?? null,
    flags: new Set((first.get('flags') ?? '').split(/\s+/).filter((flag) => flag !== '')),
    bogomips: bogomips > 0 ? bogomips : null,
    cpus: processors.length,
  };
}
