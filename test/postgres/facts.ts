/** What the global set-up tells the test files, in a JSON file that the environment names. */
export interface ClusterFacts {
  /** URL of the maintenance database, as the superuser. */
  adminUrl: string;
  logins: Record<LoginName, { name: string; password: string }>;
}

export type LoginName = 'coordinator' | 'worker' | 'reader';

export const factsVariable = 'XF_TEST_CLUSTER';
export const templateDatabase = 'xf_template';
