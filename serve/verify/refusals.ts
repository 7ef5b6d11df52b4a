/** What must be refused: wrong keys, missing keys, wrong methods, questions that make no sense, paths that climb. */
import { capabilityOf } from './capabilities.ts';
import type { Why } from './check.ts';
import { filled, goodValues, guess, type Operation } from './document.ts';
import { checkHeaders, checkProblem } from './reads.ts';
import { answerOf, expectThat, gist, type Session, type Subject } from './session.ts';
import type { Shapes } from './shapes.ts';

export interface Refusal {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly statuses: readonly number[];
  readonly consequence: string;
}

const CLIMBING = '..%2f..%2f..%2fetc%2fpasswd';
const WRONG_KEY = 'penstock-verify-wrong-key';

/** @param all every operation, to know which methods a path has */
export function refusalsOf(operation: Operation, all: readonly Operation[]): Refusal[] {
  const { method, path, parameters, needsService, hasBody } = operation;
  const query = Object.fromEntries(
    parameters
      .filter((one) => one.in === 'query' && one.required)
      .map((one) => [one.name, goodValues(one)[0] ?? guess(one)]),
  );
  const params = Object.fromEntries(
    parameters.filter((one) => one.in === 'path').map((one) => [one.name, goodValues(one)[0] ?? guess(one)]),
  );
  const at = (more: Readonly<Record<string, string>> = {}): string => filled(path, params, { ...query, ...more });
  const body = hasBody ? { body: '[]', headers: { 'content-type': 'application/json' } } : {};
  const found: Refusal[] = [
    {
      name: 'wrong key',
      method,
      path: at(),
      ...body,
      headers: { ...body.headers, authorization: `Bearer ${WRONG_KEY}`, apikey: WRONG_KEY },
      statuses: [401],
      consequence: 'a key that was withdrawn would still open it',
    },
  ];
  if (needsService)
    found.push({
      name: 'no key',
      method,
      path: at(),
      ...body,
      statuses: [401, 403],
      consequence: 'everybody may do what only the service may',
    });
  if (hasBody && !needsService)
    found.push({
      name: 'bad body',
      method,
      path: at(),
      ...body,
      statuses: [400],
      consequence: 'what makes no sense is stored, or taken for something else',
    });
  if (method !== 'GET') return found;
  const free =
    ['POST', 'PATCH'].find((other) => !all.some((one) => one.method === other && one.path === path)) ?? 'PATCH';
  found.push({
    name: 'wrong method',
    method: free,
    path: at(),
    statuses: [405],
    consequence: 'a client that is wrong does not learn it',
  });
  if (needsService) return found;
  for (const { name } of parameters.filter((one) => one.in === 'query')) {
    if (name === 'limit')
      found.push({
        name: 'bad limit',
        method,
        path: at({ limit: '0' }),
        statuses: [400],
        consequence: 'a client that is wrong does not learn it',
      });
    if (name === 'cursor')
      found.push({
        name: 'forged cursor',
        method,
        path: at({ cursor: 'Zm9yZ2Vk' }),
        statuses: [400],
        consequence: 'pages begin anywhere, and nobody notices',
      });
  }
  const climbed = parameters.find((one) => one.in === 'path');
  if (climbed !== undefined)
    found.push({
      name: 'climbing path',
      method,
      path: path.replace(`{${climbed.name}}`, CLIMBING).replaceAll(/\{\w+\}/g, 'x'),
      statuses: [400, 404],
      consequence: 'files of the server may be read',
    });
  return found;
}

export async function checkRefusal(
  session: Session,
  shapes: Shapes,
  operation: Operation,
  refusal: Refusal,
): Promise<void> {
  const { name, method, path, headers, body, statuses, consequence } = refusal;
  const capability = capabilityOf(operation);
  const where = `${method} ${path} (${name})`;
  const answer = await session.ask({
    method,
    path,
    headers: { accept: 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });
  if (answer.outcome === 'cut') session.hung.add(operation.primary);
  const subject: Subject = { capability, where, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  const why = (): Why => ({
    what: `it is not refused: ${name}`,
    expected: `status ${statuses.join(' or ')}`,
    got: gist(got),
    consequence,
    next: 'look at what stands between, and at the version of the server',
  });
  const good = expectThat(session, subject, name, statuses.includes(got.status), why);
  checkHeaders(session, subject, got);
  if (good) checkProblem(session, shapes, subject, operation, got);
}
