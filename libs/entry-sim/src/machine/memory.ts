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

/** One set of page tables: what CR3 points at. */
export class AddressSpace {
  readonly name: 'user' | 'kernel';
  /** Bits 12 to 31 of the page's address, and 32 to 63; `used` tells a real 0 from an empty place. */
  readonly #low = new Int32Array(PLACES);
  readonly #high = new Int32Array(PLACES);
  readonly #used = new Uint8Array(PLACES);
  /** Physical address of the frame's first byte. */
  readonly #frame = new Int32Array(PLACES);
  readonly #bits = new Uint8Array(PLACES);
  #count = 0;
  /** How often a mapping was changed; what was looked up before it does not hold any more. */
  changes = 0;

  constructor(name: 'user' | 'kernel') {
    this.name = name;
  }

  #placeOf(high: number, page: number): number {
    let place = ((page >>> 12) ^ (page >>> 20) ^ ((high << 5) - high)) & (PLACES - 1);
    while (this.#used[place] === 1 && (this.#low[place] !== page || this.#high[place] !== high)) {
      place = (place + 1) & (PLACES - 1);
    }
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
    if (this.#used[place] === 0) {
      this.#count += 1;
      if (this.#count > PLACES / 2) throw new RangeError(`more than ${PLACES / 2} pages in one address space`);
    }
    this.changes += 1;
    this.#used[place] = 1;
    this.#low[place] = page;
    this.#high[place] = high | 0;
    this.#frame[place] = frame;
    this.#bits[place] = bits;
  }

  /** Takes the page out; its place stays taken, so that others are still found behind it. */
  unmap(high: number, low: number): void {
    const place = this.#placeOf(high | 0, low & -PAGE_BYTES);
    this.changes += 1;
    if (this.#used[place] === 1) this.#bits[place] = 0;
  }

  /** Place of the entry, or −1; `bitsAt` and `frameAt` read it. Two steps, because this runs for every access. */
  find(high: number, low: number): number {
    const place = this.#placeOf(high, low & -PAGE_BYTES);
    return this.#used[place] === 1 ? place : -1;
  }

  bitsAt(place: number): number {
    return this.#bits[place] ?? 0;
  }

  frameAt(place: number): number {
    return this.#frame[place] ?? 0;
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
