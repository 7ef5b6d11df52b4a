/** Roles belong to the server, so no replay can say what they should be: said here. */
import type { Catalog } from '../../core/audit.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  login: 'no',
  superuser: 'no',
  'create role': 'no',
  'create database': 'no',
  replication: 'no',
};

/** The catalog with the roles as they should be, for those that its migrations need. */
export function withExpectedRoles(catalog: Catalog, migrated: boolean, actual: Catalog): Catalog {
  const objects = new Map([...catalog.objects].filter(([, { kind }]) => kind !== 'role'));
  for (const name of migrated ? ['anon', 'authenticated', 'service_role'] : []) {
    const key = `role ${name}`;
    // Hosted projects let the service role pass policies; its own policies let it pass everywhere else.
    const passes = name === 'service_role' ? (actual.objects.get(key)?.attributes['bypass rls'] ?? 'no') : 'no';
    objects.set(key, { kind: 'role', name, parent: null, attributes: { ...EXPECTED, 'bypass rls': passes } });
  }
  return { ...catalog, objects };
}

/** Before the first migration nobody asks for the roles, though the server may have them. */
export function withoutRoles(catalog: Catalog): Catalog {
  return { ...catalog, objects: new Map([...catalog.objects].filter(([, { kind }]) => kind !== 'role')) };
}
