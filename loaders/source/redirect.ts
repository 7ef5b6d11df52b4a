/** Which address may be asked: the allow-list of hosts, and what a redirect may lead to. */
import { type Fault, redact } from '../../core/errors.ts';
import { requestFault } from './http-fault.ts';

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Why this address may not be asked; null when it may. A host of the list carries its port where that is not the scheme's own. */
export function addressFault(url: URL, hosts: readonly string[]): Fault | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return requestFault(
      'HTTP_SCHEME_REFUSED',
      `${url.protocol.slice(0, -1)} is not http or https`,
      url,
      'check the URL of the definition',
    );
  }
  if (hosts.some((host) => host.toLowerCase() === url.host)) return null;
  return requestFault(
    'HTTP_HOST_REFUSED',
    `${url.host} is not a host of this publisher (${hosts.join(', ')})`,
    url,
    'if the publisher has moved, add the host to its publisher.ts',
  );
}

/**
 * The address that a redirect leads to.
 * @throws Fault when it is missing, leaves the allow-list, or goes from https to http
 */
export function redirectTarget(from: URL, location: string | undefined, hosts: readonly string[]): URL {
  const next = 'open the address in a browser and check the URL of the definition';
  const target = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (target === null) throw requestFault('HTTP_REDIRECT_INVALID', 'a redirect names no valid address', from, next);
  const refused = addressFault(target, hosts);
  if (refused !== null) {
    throw requestFault(refused.code, `a redirect leads to another place: ${refused.what}`, from, refused.next ?? next);
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw requestFault('HTTP_REDIRECT_INSECURE', `a redirect leads from https to ${redact(target.href)}`, from, next);
  }
  return target;
}

export function tooManyRedirects(url: URL | string, limit: number): Fault {
  return requestFault(
    'HTTP_REDIRECT_LOOP',
    `more than ${limit} redirects`,
    url,
    'open the address in a browser and check the URL of the definition',
  );
}
