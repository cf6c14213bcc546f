/**
 * Whether a run's boot and day can have luck of their own. A worker's simulated host never boots again and its days are alike; a
 * simulated run that names its boot is one of a history that has both (`xf demo`).
 */
export function hasBootsAndDays({ provenance, bootId }: { provenance: string; bootId?: string | null }): boolean {
  return provenance !== 'simulated' || (bootId !== null && bootId !== undefined);
}
