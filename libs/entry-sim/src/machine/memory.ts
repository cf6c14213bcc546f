// Physical memory and page tables. A page table is kept as a hash from page to entry: the walk itself is hardware's affair.

export const PAGE_BYTES = 4096;

/** Bits of a page-table entry that decide an access (SDM vol. 3A §4.5.4, §4.6). */
export const PAGE = {
  present: 1,
  writable: 2,
  user: 4,
  noExecute: 8,
} as const;

/** Page numbers hash into so many places; no machine here maps more than a few dozen pages. */
const PLACES = 256;

/** An entry's words: bits 12 to 31 of the page's address, bits 32 to 63, the frame's physical address, its bits and USED. */
const WORDS = 4;
/** Tells an entry from an empty place. */
const USED = 1 << 8;

/** One set of page tables: what CR3 points at. */
export class AddressSpace {
  readonly name: 'user' | 'kernel';
  /** In one array: this is looked up for every access. */
  readonly #entries = new Int32Array(PLACES * WORDS);
  #count = 0;
  /** How often a mapping was changed; what was looked up before it does not hold any more. */
  changes = 0;

  constructor(name: 'user' | 'kernel') {
    this.name = name;
  }

  /** Of the page's entry, or of the empty place where it belongs. */
  #placeOf(high: number, page: number): number {
    const entries = this.#entries;
    let place = WORDS * (((page >>> 12) ^ (page >>> 20) ^ ((high << 5) - high)) & (PLACES - 1));
    while (entries[place + 3] !== 0 && (entries[place] !== page || entries[place + 1] !== high))
      place = (place + WORDS) & (WORDS * PLACES - 1);
    return place;
  }

  /**
   * Maps one page, or changes its mapping.
   * @param high upper half of the address
   * @param low lower half
   * @param frame physical address of its first byte
   * @param bits of PAGE
   */
  map(high: number, low: number, frame: number, bits: number): void {
    const page = low & -PAGE_BYTES;
    const place = this.#placeOf(high | 0, page);
    if (this.#entries[place + 3] === 0) {
      this.#count += 1;
      if (this.#count > PLACES / 2) throw new RangeError(`more than ${PLACES / 2} pages in one address space`);
    }
    this.changes += 1;
    this.#entries[place] = page;
    this.#entries[place + 1] = high | 0;
    this.#entries[place + 2] = frame;
    this.#entries[place + 3] = bits | USED;
  }

  /** Takes the page out; its place stays taken, so that others are still found behind it. */
  unmap(high: number, low: number): void {
    const place = this.#placeOf(high | 0, low & -PAGE_BYTES);
    this.changes += 1;
    if (this.#entries[place + 3] !== 0) this.#entries[place + 3] = USED;
  }

  /** Place of the entry, or −1; `bitsAt` and `frameAt` read it. Two steps, because this runs for every access. */
  find(high: number, low: number): number {
    const place = this.#placeOf(high, low & -PAGE_BYTES);
    return this.#entries[place + 3] === 0 ? -1 : place;
  }

  bitsAt(place: number): number {
    return (this.#entries[place + 3] ?? 0) & ~USED;
  }

  frameAt(place: number): number {
    return this.#entries[place + 2] ?? 0;
  }
}

/** Frames handed out one after the other. */
export class PhysicalMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  #next = PAGE_BYTES; // frame 0 stays unused, so that a forgotten address shows

  constructor(frames: number) {
    this.bytes = new Uint8Array(frames * PAGE_BYTES);
    this.view = new DataView(this.bytes.buffer);
  }

  /** @returns physical address of a fresh, zeroed frame */
  allocate(): number {
    const frame = this.#next;
    if (frame + PAGE_BYTES > this.bytes.length) throw new RangeError('no more physical memory');
    this.#next += PAGE_BYTES;
    return frame;
  }
}
