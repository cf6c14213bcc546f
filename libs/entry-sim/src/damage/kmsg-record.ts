/** A record of /dev/kmsg as the simulator writes it: `priority,seq,microseconds,-;message`. */
export interface KmsgRecord {
  priority: number;
  seq: number;
  microseconds: number;
  message: string;
}

export const formatRecord = ({ priority, seq, microseconds, message }: KmsgRecord): string =>
  `${priority},${seq},${Math.floor(microseconds)},-;${message}\n`;

function parseRecord(line: string): KmsgRecord {
  const header = line.indexOf(';');
  const [priority, seq, microseconds] = line.slice(0, header).split(',').map(Number);
  if (priority === undefined || seq === undefined || microseconds === undefined)
    throw new Error(`not a record of the simulator: ${line.slice(0, 60)}`);
  return { priority, seq, microseconds, message: line.slice(header + 1) };
}

/** The records of text chunks of which each ends with a record. */
export function* recordsOf(chunks: Iterable<string>): Generator<KmsgRecord, void, undefined> {
  for (const chunk of chunks) for (const line of chunk.split('\n')) if (line !== '') yield parseRecord(line);
}

/** The line that announces the run's faults. Every kind of damage spares it, so that a log's account can be closed. */
export const announces = ({ message }: KmsgRecord): boolean => / run=[0-9a-f]{8} begin /.test(message);
/** The line behind which nothing of the run comes. */
export const ends = ({ message }: KmsgRecord): boolean => / run=[0-9a-f]{8} end /.test(message);
