import type { Role } from '#contracts';

/** Who may use a route: a role's holders, anybody, or anybody on this machine (else the role `read`). */
export type Access = Role | 'open' | 'local';

const mayUse: Record<Role, readonly Role[]> = {
  read: ['read', 'submit', 'admin'],
  submit: ['submit', 'admin'],
  worker: ['worker', 'admin'],
  admin: ['admin'],
};

/** The roles that may use a route which asks for `access`. */
export function rolesFor(access: Role): readonly Role[] {
  return mayUse[access];
}
