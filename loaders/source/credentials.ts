/** A publisher's credentials: which request carries which, what to say where they are missing, and which texts are secret. */
import type { Credential, Credentials, Publisher } from '../../core/pipeline.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Headers of a request to this address: those of the first credential whose variables are all set; none for a host that gets no
 * credentials, or that also answers without. `null`: the host wants them and none are set.
 */
export function credentialHeaders(
  credentials: Credentials | undefined,
  address: string,
  env: Environment,
): Readonly<Record<string, string>> | null {
  if (credentials === undefined || !takesCredentials(credentials, address)) return {};
  const chosen = credentials.from.find((one) => variablesOf(one).every((name) => valueOf(env, name) !== ''));
  if (chosen !== undefined) return headersOf(chosen, env);
  return credentials.required ? null : {};
}

/** Whether this address belongs to a host that gets the credentials. */
export function takesCredentials(credentials: Credentials, address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).host : '';
  return credentials.hosts.some((one) => one.toLowerCase() === host);
}

/** Why the files at these addresses cannot be asked for: the line that names the variables; null when they can. */
export function missingCredentials(
  credentials: Credentials | undefined,
  addresses: readonly string[],
  env: Environment,
): string | null {
  if (credentials === undefined) return null;
  return addresses.some((address) => credentialHeaders(credentials, address, env) === null)
    ? notSetLine(credentials)
    : null;
}

/** The credentials that a definition's address gets; null where it needs none: of one publisher some hosts take a key and others do not. */
export function credentialsOf(publisher: Publisher | undefined, template: string): Credentials | null {
  const credentials = publisher?.credentials;
  // A host holds no placeholder; without their braces the rest is an address.
  return credentials !== undefined && takesCredentials(credentials, template.replaceAll(/[{}]/g, ''))
    ? credentials
    : null;
}

/** Every way to sign in, in words: `KAGGLE_API_TOKEN, or KAGGLE_USERNAME and KAGGLE_KEY`. */
export function waysIn(credentials: Credentials): string {
  return credentials.from.map((one) => variablesOf(one).join(' and ')).join(', or ');
}

/** `AESO_API_KEY is not set: get one at https://…`; of alternatives all are named. */
export function notSetLine(credentials: Credentials): string {
  const one = credentials.from.length === 1 && credentials.from[0]?.kind !== 'basic';
  return one
    ? `${waysIn(credentials)} is not set: get one at ${credentials.getOneAt}`
    : `none of ${waysIn(credentials)} is set: get one at ${credentials.getOneAt}`;
}

/** What must stand in no message: values of keys, tokens and passwords, and what a header makes of them. User names are no secrets. */
export function secretValues(credentials: Credentials | undefined, env: Environment): string[] {
  return (credentials?.from ?? []).flatMap((one) => {
    if (one.kind !== 'basic') return valueOf(env, one.env);
    return [valueOf(env, one.password), ...secretsOfHeaders(headersOf(one, env))];
  });
}

/** The secrets in the headers of a request: their values, and the bare token or password in an `Authorization`. */
export function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers).flatMap((value) => {
    const [, scheme = '', rest = ''] = /^(Bearer|Basic) (.+)$/i.exec(value) ?? [];
    if (scheme === '') return [value];
    if (scheme.toLowerCase() === 'bearer') return [value, rest];
    const pair = Buffer.from(rest, 'base64').toString();
    return [value, rest, pair, pair.slice(pair.indexOf(':') + 1)];
  });
}

function headersOf(credential: Credential, env: Environment): Record<string, string> {
  switch (credential.kind) {
    case 'header':
      return { [credential.header]: valueOf(env, credential.env) };
    case 'bearer':
      return { authorization: `Bearer ${valueOf(env, credential.env)}` };
    case 'basic': {
      const pair = `${valueOf(env, credential.user)}:${valueOf(env, credential.password)}`;
      return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    }
  }
}

function variablesOf(credential: Credential): readonly string[] {
  return credential.kind === 'basic' ? [credential.user, credential.password] : [credential.env];
}

function valueOf(env: Environment, name: string): string {
  return env[name]?.trim() ?? '';
}
