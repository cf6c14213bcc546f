/** What the oracle looks at. */
export const checkNames = [
  'streams', // versions without gap, each event one that may follow the last
  'jobs', // every accepted job and every run of its plan has ended, and the counts agree
  'samples', // every sequence number once, with its true values; the captured bytes are those that were printed
  'batches', // every recorded batch has its bytes and the other way round
  'one-at-a-time', // a host works on one attempt at a time
  'attempts', // what may not cost an attempt did not
  'read-model', // the tables equal a rebuild from the events
  'processes', // everything ended when it was told to, and nothing is left
] as const;
export type CheckName = (typeof checkNames)[number];

/** Something that must not be. */
export interface Finding {
  check: CheckName;
  /** Stream, host, table or process. */
  about: string;
  says: string;
}
