/** What Supabase gives a function in its environment, under the names that `serve` knows. */
import { Fault } from 'penstock/core/errors.ts';

export interface Environment {
  readonly databaseUrl: string;
  readonly adminKey: string | null;
  /** Of `serve`: `CORS_ALLOWED_ORIGINS`, limits, keys. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Written by the network in front of Supabase; a client cannot say it. `supabase secrets set PENSTOCK_CLIENT_ADDRESS_HEADER=…` names another. */
const ADDRESS_HEADER = 'cf-connecting-ip';

/** @throws Fault `FUNCTION_DATABASE_MISSING` */
export function environmentOf(given: Readonly<Record<string, string>>): Environment {
  const set: Readonly<Record<string, string | undefined>> = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== ''),
  );
  const databaseUrl = set['PENSTOCK_DATABASE_URL'] ?? set['SUPABASE_DB_URL'];
  if (databaseUrl === undefined)
    throw new Fault({
      code: 'FUNCTION_DATABASE_MISSING',
      kind: 'configuration',
      what: 'SUPABASE_DB_URL is not set',
      consequence: 'nothing was served',
      next: 'Supabase sets it for every function; elsewhere give a connection string of the owner',
    });
  const anonKeys = [set['PENSTOCK_ANON_KEYS'], set['SUPABASE_ANON_KEY']].filter((keys) => keys !== undefined);
  return {
    databaseUrl,
    adminKey: set['PENSTOCK_ADMIN_KEY'] ?? set['SUPABASE_SERVICE_ROLE_KEY'] ?? null,
    variables: {
      PENSTOCK_CLIENT_ADDRESS_HEADER: ADDRESS_HEADER,
      ...set,
      ...(anonKeys.length > 0 && { PENSTOCK_ANON_KEYS: anonKeys.join(',') }),
    },
  };
}
