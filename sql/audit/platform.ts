/** What a hosted project (Supabase) has of its own: `hosted.csv` says it with reasons. It is passed over, counted and told. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import type { Database } from '../../core/effects.ts';
import { keyOf } from './snapshot.ts';

/**
 * `*` stands for anything. Without an attribute: an object that is not expected. Kind `setting`: a setting of that name, of the
 * database or a role.
 */
export interface PlatformRule {
  readonly kind: string;
  readonly name: string;
  readonly attribute: string;
  readonly reason: string;
}

const Rule = z.strictObject({
  kind: z.string().min(1),
  name: z.string().min(1),
  attribute: z.string(),
  reason: z.string().min(1, 'must say why'),
});

export async function platformRules(): Promise<PlatformRule[]> {
  const text = await readFile(join(dirname(fileURLToPath(import.meta.url)), 'hosted.csv'), 'utf8');
  const rows: unknown = parse(text, { columns: true, skip_empty_lines: true });
  return z.array(Rule).parse(rows);
}

/** A hosted project is known by its administrator's role, which nobody else has. */
export async function isHosted(tx: Database): Promise<boolean> {
  const rows = await tx.query(`select from pg_roles where rolname in ('supabase_admin', 'supabase_auth_admin')`);
  return rows.length === 2;
}

/** The live catalog without what is the platform's own, and how much that was. */
export function withoutPlatform(
  actual: Catalog,
  expected: Catalog,
  rules: readonly PlatformRule[],
): { readonly catalog: Catalog; readonly passed: readonly string[] } {
  const passed: string[] = [];
  const objects = new Map<string, CatalogObject>();
  for (const [key, object] of actual.objects) {
    const before = expected.objects.get(key);
    const own = rules.filter((rule) => rule.kind === object.kind && like(rule.name, object.name));
    if (before === undefined && own.some(({ attribute }) => attribute === '') && !publishesOurs(object)) {
      passed.push(keyOf(object));
      continue;
    }
    const attributes: Record<string, string> = { ...object.attributes };
    if (before === undefined && object.kind === 'default privileges') {
      // Of what it opens to others nothing may be passed over with it.
      for (const attribute of Object.keys(attributes)) {
        if (own.some((rule) => rule.attribute !== '' && like(rule.attribute, attribute))) delete attributes[attribute];
      }
      if (Object.keys(attributes).length === 0) {
        passed.push(keyOf(object));
        continue;
      }
    }
    const differing = [...new Set([...Object.keys(attributes), ...Object.keys(before?.attributes ?? {})])].filter(
      (attribute) => attributes[attribute] !== before?.attributes[attribute],
    );
    for (const attribute of before === undefined ? [] : differing) {
      if (attribute.startsWith('settings')) {
        const names = passSettings(attributes, attribute, before, rules);
        passed.push(...names.map((name) => `${keyOf(object)}: ${attribute}: ${name}`));
        continue;
      }
      if (!own.some((rule) => rule.attribute !== '' && like(rule.attribute, attribute))) continue;
      passed.push(`${keyOf(object)}: ${attribute}`);
      const wanted = before?.attributes[attribute];
      if (wanted === undefined) delete attributes[attribute];
      else attributes[attribute] = wanted;
    }
    objects.set(key, { ...object, attributes });
  }
  return { catalog: { ...actual, objects }, passed };
}

/** Takes the platform's settings out of a list of them; those that were expected and those that nobody named stay. */
function passSettings(
  attributes: Record<string, string>,
  attribute: string,
  before: CatalogObject | undefined,
  rules: readonly PlatformRule[],
): string[] {
  const list = (text: string | undefined): string[] => (text === undefined ? [] : text.split('; '));
  const expected = list(before?.attributes[attribute]);
  const nameOf = (setting: string): string => setting.split('=', 1)[0] ?? '';
  const isPlatforms = (setting: string): boolean =>
    !expected.includes(setting) && rules.some(({ kind, name }) => kind === 'setting' && like(name, nameOf(setting)));
  const actual = list(attributes[attribute]);
  const left = actual.filter((setting) => !isPlatforms(setting));
  if (left.length > 0) attributes[attribute] = left.join('; ');
  else delete attributes[attribute];
  return actual.filter(isPlatforms).map(nameOf);
}

function like(pattern: string, text: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 's').test(text);
}

function publishesOurs({ kind, attributes }: CatalogObject): boolean {
  return (
    kind === 'publication' &&
    (Object.keys(attributes).some((attribute) => /^(table|schema) (public|history|etl)\b/.test(attribute)) ||
      (attributes['options'] ?? '').includes('"puballtables": true'))
  );
}
