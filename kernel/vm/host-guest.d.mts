export interface HostGuestBoot {
  series: string;
  variant: string;
  work: string;
  consolePath: string;
  kpti?: boolean;
  smp?: string;
  isolated?: number;
  append?: string;
}
export function hostGuestParameters(boot: HostGuestBoot): string[];
