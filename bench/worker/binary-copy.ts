import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { once } from 'node:events';

/** One row of sample_batches. */
export interface PackedRow {
  eventId: string;
  runId: string;
  attempt: number;
  batch: number;
  samples: Uint8Array;
  raw: Uint8Array;
}

/** PostgreSQL's binary COPY form: signature, flags, header extension; then rows of (count, length + bytes …). */
const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

const uuid = (text: string): Buffer => Buffer.from(text.replaceAll('-', ''), 'hex');

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function encode({ eventId, runId, attempt, batch, samples, raw }: PackedRow): Buffer {
  const fields = [uuid(eventId), uuid(runId), int32(attempt), int32(batch), samples, raw];
  const count = Buffer.from([0, fields.length]);
  return Buffer.concat([count, ...fields.flatMap((field) => [int32(field.length), field])]);
}

/** Writes the rows with one COPY, one transaction. */
export async function copyRows(client: pg.Client, table: string, rows: readonly PackedRow[]): Promise<void> {
  const stream = client.query(
    copyFrom(`COPY ${table} (event_id, run_id, attempt, batch, samples, raw) FROM STDIN (FORMAT binary)`),
  );
  stream.write(header);
  for (const row of rows) if (!stream.write(encode(row))) await once(stream, 'drain');
  stream.end(trailer);
  await once(stream, 'finish');
}
