// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Since 6.9 (names) and 6.12 (one option each) all mitigations have options of one form.

const names = [
  ...['PAGE_TABLE_ISOLATION', 'RETPOLINE', 'RETHUNK', 'UNRET_ENTRY', 'IBPB_ENTRY', 'IBRS_ENTRY', 'SRSO', 'GDS'],
  ...['RFDS', 'SPECTRE_BHI', 'MDS', 'TAA', 'MMIO_STALE_DATA', 'L1TF', 'RETBLEED', 'SPECTRE_V1', 'SPECTRE_V2'],
  ...['SRBDS', 'SSB', 'ITS', 'TSA'],
];

/** Every mitigation built in: what a boot switches off with `mitigations=off` must be there. */
export const mitigationOptions = Object.fromEntries(names.map((name) => [`MITIGATION_${name}`, 'y']));
