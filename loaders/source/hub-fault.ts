/** What the Hugging Face Hub means by a refusal: it says so in headers of its own. */
import type { Fault } from '../../core/errors.ts';
import { requestFault } from './request-fault.ts';
import { type Headers, header } from './validators.ts';

/** A refusal that carries `X-Error-Code`; null for any other answer. */
export function hubFault(status: number, url: URL | string, headers: Headers): Fault | null {
  const code = header(headers, 'x-error-code');
  if (code === undefined) return null;
  const told = header(headers, 'x-error-message')?.slice(0, 300);
  const said = `the Hub answered ${status} ${code.slice(0, 60)}${told === undefined ? '' : `: ${told}`}`;
  const page = pageOf(String(url));
  switch (code) {
    case 'GatedRepo':
      return requestFault(
        'HUB_GATED',
        `the data set is gated, its conditions must be accepted first; ${said}`,
        url,
        `open ${page}, log in, accept the conditions, and give the token of that account`,
      );
    case 'RepoNotFound':
      return requestFault(
        'HUB_REPO_NOT_FOUND',
        `there is no such repository, or it is private; ${said}`,
        url,
        `open ${page} and check extract.hub.repo of the definition; a private data set needs a token`,
      );
    default:
      return null;
  }
}

/** The page of the repository that an address of the Hub belongs to. */
function pageOf(address: string): string {
  const url = new URL(address);
  const [, repo] = /^\/(?:api\/)?(datasets\/[^/]+\/[^/]+)/.exec(url.pathname) ?? [];
  return repo === undefined ? url.origin : `${url.origin}/${repo}`;
}
