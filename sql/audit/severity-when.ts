/** Questions about a difference that the table of severities asks. */
import type { CatalogObject } from '../../core/audit.ts';
import { DANGEROUS_SETTING } from './catalog/words.ts';
import type { Difference } from './compare.ts';

const REQUESTS = /\b(public|anon|authenticated)\b/;

export function isGrant({ difference }: Difference): boolean {
  return difference.startsWith('granted to ');
}

/** Whether somebody may do more than expected. */
export function isMore({ difference, expected, actual }: Difference): boolean {
  const before = privileges(expected, difference);
  return [...privileges(actual, difference)].some((privilege) => !before.has(privilege));
}

export function privileges(object: CatalogObject | null, attribute: string): ReadonlySet<string> {
  return new Set((object?.attributes[attribute] ?? '').split(', ').filter((word) => word !== ''));
}

/** A setting that was not expected and takes a session past triggers or policies, or requests to other names. */
export function isDangerousSetting({ name, difference, expected, actual }: Difference): boolean {
  if (!difference.startsWith('settings')) return false;
  const ofRequests = /\b(anon|authenticated|service_role|authenticator)\b/.test(`${name} ${difference}`);
  const list = (object: CatalogObject | null): string[] => (object?.attributes[difference] ?? '').split('; ');
  return list(actual).some(
    (setting) =>
      !list(expected).includes(setting) &&
      (new RegExp(DANGEROUS_SETTING).test(setting) || (ofRequests && setting.startsWith('search_path='))),
  );
}

/** Of an opening: `schema`, `view`, `function`, `parameter` … */
export function opens(word: string): (difference: Difference) => boolean {
  return ({ name }) => name.startsWith(`${word} `);
}

export function isForRequests({ difference, actual }: Difference): boolean {
  if (difference !== 'extra') return REQUESTS.test(difference);
  return isOpen(actual);
}

function isOpen(object: CatalogObject | null): boolean {
  return Object.keys(object?.attributes ?? {}).some((attribute) =>
    /^granted to (public|anon|authenticated)$/.test(attribute),
  );
}

/** The loader refuses to load into its parent then, too. */
export function inherits({ actual }: Difference): boolean {
  return actual?.attributes['inherits'] !== undefined;
}

export function isOpenTable({ actual }: Difference): boolean {
  return isOpen(actual) && !(actual?.attributes['row security'] ?? '').startsWith('on');
}

export function isOpenView({ actual }: Difference): boolean {
  return isOpen(actual) && !/security_invoker=(true|on|1|yes)/.test(actual?.attributes['options'] ?? '');
}

export function isRequired({ actual }: Difference): boolean {
  const { 'not null': notNull = 'no', default: preset, identity, generated } = actual?.attributes ?? {};
  return notNull !== 'no' && preset === undefined && identity === undefined && generated === undefined;
}

export function isKey({ expected }: Difference): boolean {
  return /^(PRIMARY KEY|UNIQUE|EXCLUDE)/.test(expected?.attributes['definition'] ?? '');
}

export function isUnique({ expected, actual }: Difference): boolean {
  return [expected, actual].some((object) => (object?.attributes['definition'] ?? '').startsWith('CREATE UNIQUE'));
}

export function isDefiner({ actual, expected }: Difference): boolean {
  return (actual ?? expected)?.attributes['security'] === 'definer';
}

export function isUnsafeDefiner({ actual }: Difference): boolean {
  return (
    actual?.attributes['security'] === 'definer' && !/(^|; )search_path=/.test(actual.attributes['settings'] ?? '')
  );
}

export function publishesOurs({ difference, expected, actual }: Difference): boolean {
  if (/^(table|schema) (public|history|etl)\b/.test(difference)) return true;
  return [expected, actual].some((object) =>
    Object.entries(object?.attributes ?? {}).some(
      ([attribute, value]) =>
        /^(table|schema) (public|history|etl)\b/.test(attribute) ||
        (attribute === 'options' && value.includes('"puballtables": true')),
    ),
  );
}
