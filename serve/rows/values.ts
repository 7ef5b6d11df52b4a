/** Values of PostgreSQL, as text or as JavaScript has them, in the types of column stores. Digits are never rounded on the way. */

const DAY_MS = 86_400_000;

/** Microseconds since 1970-01-01T00:00Z; null for what such a number cannot say (infinity). */
export function microsOf(value: unknown): bigint | null {
  if (value instanceof Date) return BigInt(value.getTime()) * 1_000n;
  if (typeof value !== 'string') return null;
  const form = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(value);
  if (form === null) return null;
  const [, date = '', time = '', fraction = '', zone = 'Z'] = form;
  const ms = Date.parse(`${date}T${time}${/^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone}`);
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0'));
}

/** Days since 1970-01-01. */
export function dayOf(value: unknown): number | null {
  const ms =
    value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value.slice(0, 10)) : Number.NaN;
  return Number.isNaN(ms) ? null : Math.floor(ms / DAY_MS);
}

export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && value !== '' ? Number(value) : null;
}

export function bigintOf(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : null;
}

export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  return value === 'true' || value === 't' ? true : value === 'false' || value === 'f' ? false : null;
}

export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `-12.5` with scale 2 is -1250n; null where the scale has no room for the digits. */
export function decimalOf(value: unknown, scale: number): bigint | null {
  const form = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  if (form === null) return null;
  const [, sign = '', whole = '', fraction = ''] = form;
  if (/[1-9]/.test(fraction.slice(scale))) return null;
  return BigInt(`${sign}${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`);
}
