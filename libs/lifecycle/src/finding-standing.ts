import type { FindingState } from '#contracts';

/** What has been said of a finding, by fresh runs and by people. */
export interface FindingStanding {
  confirmed: boolean;
  /** Whether the latest fresh runs did not bear it out. */
  notConfirmed: boolean;
  acknowledged: boolean;
  expected: boolean;
  muted: boolean;
  resolved: boolean;
  withdrawn: boolean;
}

/** The one word for it: what ends it comes first, then what people said, then what fresh runs said. */
export function standingOfFinding(finding: FindingStanding): FindingState {
  if (finding.withdrawn) return 'withdrawn';
  if (finding.resolved) return 'resolved';
  if (finding.expected) return 'expected';
  if (finding.muted) return 'muted';
  if (finding.acknowledged) return 'acknowledged';
  if (finding.confirmed) return 'open';
  return finding.notConfirmed ? 'not-confirmed' : 'suspected';
}
