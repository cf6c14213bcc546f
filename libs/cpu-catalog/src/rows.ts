/** One row of the catalogue: which CPUID models are which microarchitecture. */
export interface CatalogRow {
  vendor: 'GenuineIntel' | 'AuthenticAMD' | 'HygonGenuine';
  family: number;
  /** CPUID display models, extended bits included. */
  models: readonly number[];
  /** Inclusive range of steppings; left out, all. */
  steppings?: readonly [number, number];
  /** Stable name, for labels and queries. */
  microarchitecture: string;
  generation: string;
  /** Year in which the first product was launched. */
  year: number;
  /** Name of the product that these steppings are, where it tells more than the generation. */
  codename?: string;
  /** Cores of different kinds in one package: the microarchitectures of its performance and efficiency cores. */
  hybrid?: { performance: string; efficiency: string };
}

type Models = readonly number[];
type More = Pick<CatalogRow, 'steppings' | 'hybrid' | 'codename'>;

function row(
  vendor: CatalogRow['vendor'],
  family: number,
  models: Models,
  microarchitecture: string,
  generation: string,
  year: number,
  more: More = {},
): CatalogRow {
  return { vendor, family, models, microarchitecture, generation, year, ...more };
}

const intel = (models: Models, slug: string, generation: string, year: number, more?: More): CatalogRow =>
  row('GenuineIntel', 6, models, slug, generation, year, more);
const amd = (family: number, models: Models, slug: string, generation: string, year: number, more?: More): CatalogRow =>
  row('AuthenticAMD', family, models, slug, generation, year, more);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/**
 * Intel models: intel/perfmon's mapfile.csv and Linux's arch/x86/include/asm/intel-family.h.
 * AMD models: Linux's arch/x86/kernel/cpu/amd.c (the ranges that set X86_FEATURE_ZEN1 to ZEN5; it keeps Zen and Zen+
 * together) and AMD's revision guides. Years: launch of the first product, as in libcpuid's tables and the vendors' announcements.
 * A narrower row stands before the wider row that takes the other models or steppings.
 */
export const catalogRows: readonly CatalogRow[] = [
  intel([0x0f, 0x16], 'core-merom', 'Core (Merom)', 2006),
  intel([0x17, 0x1d], 'core-penryn', 'Core (Penryn)', 2007),
  intel([0x1e, 0x1f], 'nehalem', 'Nehalem', 2008),
  intel([0x1a], 'nehalem-ep', 'Nehalem-EP', 2008),
  intel([0x2e], 'nehalem-ex', 'Nehalem-EX', 2010),
  intel([0x25], 'westmere', 'Westmere', 2010),
  intel([0x2c], 'westmere-ep', 'Westmere-EP', 2010),
  intel([0x2f], 'westmere-ex', 'Westmere-EX', 2011),
  intel([0x2a], 'sandy-bridge', 'Sandy Bridge', 2011),
  intel([0x2d], 'sandy-bridge-ep', 'Sandy Bridge-EP', 2012),
  intel([0x3a], 'ivy-bridge', 'Ivy Bridge', 2012),
  intel([0x3e], 'ivy-bridge-ep', 'Ivy Bridge-EP', 2013),
  intel([0x3c, 0x45, 0x46], 'haswell', 'Haswell', 2013),
  intel([0x3f], 'haswell-ep', 'Haswell-EP', 2014),
  intel([0x3d, 0x47], 'broadwell', 'Broadwell', 2014),
  intel([0x56], 'broadwell-de', 'Broadwell-DE', 2015),
  intel([0x4f], 'broadwell-ep', 'Broadwell-EP', 2016),
  intel([0x4e, 0x5e], 'skylake', 'Skylake', 2015),
  intel([0x55], 'skylake-sp', 'Skylake-SP', 2017, { steppings: [0, 4] }),
  intel([0x55], 'cascade-lake', 'Cascade Lake', 2019, { steppings: [5, 7] }),
  intel([0x55], 'cooper-lake', 'Cooper Lake', 2020, { steppings: [10, 11] }),
  intel([0x8e], 'kaby-lake', 'Kaby Lake (mobile)', 2016, { steppings: [0, 9] }),
  intel([0x8e], 'coffee-lake', 'Coffee, Whiskey or Comet Lake (mobile)', 2018),
  intel([0x9e], 'kaby-lake', 'Kaby Lake', 2017, { steppings: [0, 9] }),
  intel([0x9e], 'coffee-lake', 'Coffee Lake', 2017),
  intel([0xa5, 0xa6], 'comet-lake', 'Comet Lake', 2019),
  intel([0x66], 'cannon-lake', 'Cannon Lake', 2018),
  intel([0x7d, 0x7e], 'ice-lake', 'Ice Lake', 2019),
  intel([0x6a], 'ice-lake-sp', 'Ice Lake-SP', 2021),
  intel([0x6c], 'ice-lake-d', 'Ice Lake-D', 2022),
  intel([0x8c, 0x8d], 'tiger-lake', 'Tiger Lake', 2020),
  intel([0xa7], 'rocket-lake', 'Rocket Lake', 2021),
  intel([0x8a], 'lakefield', 'Lakefield', 2020, { hybrid: { performance: 'sunny-cove', efficiency: 'tremont' } }),
  intel([0x97, 0x9a], 'alder-lake', 'Alder Lake', 2021, {
    hybrid: { performance: 'golden-cove', efficiency: 'gracemont' },
  }),
  intel([0xbe], 'alder-lake-n', 'Alder Lake-N', 2023),
  intel([0xb7, 0xba, 0xbf], 'raptor-lake', 'Raptor Lake', 2022, {
    hybrid: { performance: 'raptor-cove', efficiency: 'gracemont' },
  }),
  intel([0xaa, 0xac], 'meteor-lake', 'Meteor Lake', 2023, {
    hybrid: { performance: 'redwood-cove', efficiency: 'crestmont' },
  }),
  intel([0xc5, 0xc6, 0xb5], 'arrow-lake', 'Arrow Lake', 2024, {
    hybrid: { performance: 'lion-cove', efficiency: 'skymont' },
  }),
  intel([0xbd], 'lunar-lake', 'Lunar Lake', 2024, { hybrid: { performance: 'lion-cove', efficiency: 'skymont' } }),
  intel([0x8f], 'sapphire-rapids', 'Sapphire Rapids', 2023),
  intel([0xcf], 'emerald-rapids', 'Emerald Rapids', 2023),
  intel([0xad, 0xae], 'granite-rapids', 'Granite Rapids', 2024),
  intel([0xaf], 'sierra-forest', 'Sierra Forest', 2024),
  intel([0x1c, 0x26, 0x27, 0x35, 0x36], 'bonnell', 'Atom (Bonnell, Saltwell)', 2008),
  intel([0x37, 0x4a, 0x4d, 0x5a, 0x5d], 'silvermont', 'Atom (Silvermont)', 2013),
  intel([0x4c], 'airmont', 'Atom (Airmont)', 2015),
  intel([0x5c, 0x5f], 'goldmont', 'Atom (Goldmont)', 2016),
  intel([0x7a], 'goldmont-plus', 'Atom (Goldmont Plus)', 2017),
  intel([0x86, 0x96, 0x9c], 'tremont', 'Atom (Tremont)', 2020),
  intel([0x57], 'knights-landing', 'Xeon Phi (Knights Landing)', 2016),
  intel([0x85], 'knights-mill', 'Xeon Phi (Knights Mill)', 2017),
  amd(0x10, [2, 4, 5, 6, 8, 9, 10], 'k10', 'K10', 2007),
  amd(0x15, [0x01], 'bulldozer', 'Bulldozer', 2011),
  amd(0x15, [0x02, ...range(0x10, 0x1f)], 'piledriver', 'Piledriver', 2012),
  amd(0x15, range(0x30, 0x3f), 'steamroller', 'Steamroller', 2014),
  amd(0x15, range(0x60, 0x7f), 'excavator', 'Excavator', 2015),
  amd(0x16, range(0x00, 0x0f), 'jaguar', 'Jaguar', 2013),
  amd(0x16, range(0x30, 0x3f), 'puma', 'Puma', 2014),
  amd(0x17, [0x08, 0x18], 'zen-plus', 'Zen+', 2018),
  amd(0x17, [0x01], 'zen', 'Zen', 2017, { steppings: [2, 2], codename: 'Naples' }),
  amd(0x17, [...range(0x00, 0x2f), ...range(0x50, 0x5f)], 'zen', 'Zen', 2017),
  amd(0x17, [0x31], 'zen2', 'Zen 2', 2019, { codename: 'Rome' }),
  amd(0x17, [...range(0x30, 0x4f), ...range(0x60, 0x7f), 0x90, 0x91, ...range(0xa0, 0xaf)], 'zen2', 'Zen 2', 2019),
  amd(0x19, [0x01], 'zen3', 'Zen 3', 2020, { steppings: [0, 1], codename: 'Milan' }),
  amd(0x19, [0x01], 'zen3', 'Zen 3', 2020, { steppings: [2, 2], codename: 'Milan-X' }),
  amd(0x19, [...range(0x00, 0x0f), ...range(0x20, 0x5f)], 'zen3', 'Zen 3', 2020),
  amd(0x19, [0x11], 'zen4', 'Zen 4', 2022, { steppings: [0, 1], codename: 'Genoa' }),
  amd(0x19, [0x11], 'zen4', 'Zen 4', 2022, { steppings: [2, 2], codename: 'Genoa-X' }),
  amd(0x19, range(0xa0, 0xaf), 'zen4', 'Zen 4', 2022, { codename: 'Bergamo' }),
  amd(0x19, [...range(0x10, 0x1f), ...range(0x60, 0x9f)], 'zen4', 'Zen 4', 2022),
  amd(0x1a, range(0x00, 0x1f), 'zen5', 'Zen 5', 2024, { codename: 'Turin' }),
  amd(0x1a, [...range(0x20, 0x2f), ...range(0x40, 0x4f), ...range(0x60, 0x7f)], 'zen5', 'Zen 5', 2024),
  row('HygonGenuine', 0x18, range(0x00, 0x0f), 'dhyana', 'Hygon Dhyana (Zen)', 2018),
];
