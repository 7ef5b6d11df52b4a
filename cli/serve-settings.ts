/** Settings of the API, read from the environment once; all faults are named together. */
import { Fault } from '../core/errors.ts';
import type { ApiSettings } from '../serve/dependencies.ts';
import type { Environment } from './environment.ts';

/** @throws Fault `SETTINGS_INVALID` */
export function apiSettings(env: Environment): Omit<ApiSettings, 'cursorKey'> {
  const faults: string[] = [];
  const perMinute = (name: string, text: string | undefined, fallback: number): number | null => {
    if (text === undefined) return fallback;
    if (/^\d{1,9}$/.test(text)) return Number(text) === 0 ? null : Number(text);
    faults.push(`${name} is ${JSON.stringify(text.slice(0, 40))}, and must be a whole number from 0`);
    return fallback;
  };
  const origins = originsOf(env['CORS_ALLOWED_ORIGINS'], faults);
  const limits = {
    read: perMinute('PENSTOCK_READS_PER_MINUTE', env['PENSTOCK_READS_PER_MINUTE'], 600),
    write: perMinute('PENSTOCK_WRITES_PER_MINUTE', env['PENSTOCK_WRITES_PER_MINUTE'], 30),
    stream: perMinute('PENSTOCK_STREAMS_PER_MINUTE', env['PENSTOCK_STREAMS_PER_MINUTE'], 60),
  };
  if (faults.length > 0)
    throw new Fault({
      code: 'SETTINGS_INVALID',
      kind: 'configuration',
      what: faults.join('; '),
      consequence: 'nothing was served',
      next: '.env.example says what each may be',
    });
  return {
    anonKeys: words(env['PENSTOCK_ANON_KEYS']),
    jwtSecret: env['PENSTOCK_JWT_SECRET'] ?? null,
    origins,
    limits,
    addressHeader: env['PENSTOCK_CLIENT_ADDRESS_HEADER'] ?? null,
  };
}

function originsOf(text: string | undefined, faults: string[]): ApiSettings['origins'] {
  const origins = words(text);
  if (origins.length === 0) return 'local';
  if (origins.includes('*')) return '*';
  for (const origin of origins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      faults.push(
        `CORS_ALLOWED_ORIGINS names ${JSON.stringify(origin.slice(0, 100))}, which is no origin (https://host, without a path)`,
      );
  return origins;
}

function words(text: string = ''): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
