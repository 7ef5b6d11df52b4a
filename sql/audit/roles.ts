/** Roles, and what is granted and set for the whole server, no replay can say: said here. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import { EVERYWHERE } from './catalog/words.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  login: 'no',
  superuser: 'no',
  'create role': 'no',
  'create database': 'no',
  replication: 'no',
};

/** The catalog with the roles as they should be, for those that its migrations need, and with no opening: the shadow may be on the same server. */
export function withExpectedRoles(catalog: Catalog, migrated: boolean, actual: Catalog): Catalog {
  const objects = new Map(
    [...withoutRoles(catalog).objects].map(([key, object]) => [key, withoutServerSettings(object)]),
  );
  for (const name of migrated ? ['anon', 'authenticated', 'service_role'] : []) {
    const key = `role ${name}`;
    // Hosted projects let the service role pass policies; its own policies let it pass everywhere else.
    const passes = name === 'service_role' ? (actual.objects.get(key)?.attributes['bypass rls'] ?? 'no') : 'no';
    objects.set(key, { kind: 'role', name, parent: null, attributes: { ...EXPECTED, 'bypass rls': passes } });
  }
  return { ...catalog, objects };
}

/** Before the first migration nobody asks for the roles, though the server may have them, and there is nothing to open. */
export function withoutRoles(catalog: Catalog): Catalog {
  return {
    ...catalog,
    objects: new Map([...catalog.objects].filter(([, { kind }]) => kind !== 'role' && kind !== 'opening')),
  };
}

function withoutServerSettings(object: CatalogObject): CatalogObject {
  const attributes = Object.entries(object.attributes).filter(([name]) => !name.endsWith(EVERYWHERE));
  return object.kind === 'database' ? { ...object, attributes: Object.fromEntries(attributes) } : object;
}
