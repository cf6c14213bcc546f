// CPUID -> microarchitecture, generation, year.
export { identifyCpu, type CpuCatalogEntry, type CpuId, type UnknownCpu } from './identify.js';
export { catalogRows, type CatalogRow } from './rows.js';
