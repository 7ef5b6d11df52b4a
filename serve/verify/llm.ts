/** Gates of the language models, as far as they can be tried without paying for an answer. */
import type { ProbeAnswered } from '../../core/probe.ts';
import { CAPABILITIES } from './capabilities.ts';
import { type Operation, recordOf } from './document.ts';
import { checkProblem } from './reads.ts';
import { answerOf, expectThat, gist, jsonOf, say, type Session, type Subject } from './session.ts';
import type { Shapes } from './shapes.ts';

const CAPABILITY = CAPABILITIES.find((one) => one === 'llm') ?? 'llm';
const JSON_BODY = { 'content-type': 'application/json', accept: 'application/json' };

export async function checkLlm(session: Session, shapes: Shapes, operations: readonly Operation[]): Promise<void> {
  const calls = operations.filter(
    ({ method, path, primary, hasBody, needsService }) =>
      method === 'POST' && path === primary && hasBody && !needsService && /\/llm(-lite)?\//.test(`${path}/`),
  );
  const explain = calls.find(({ path }) => path.endsWith('/explain-chart')) ?? calls[0];
  if (explain === undefined) {
    say(session, { capability: CAPABILITY, where: 'POST /llm/…' }, 'gates', 'failed', {
      what: 'the server has no calls of language models',
      expected: 'POST /llm/explain-chart in the document',
      got: 'none',
      consequence: 'the front end offers nothing',
      next: 'look at the version of the server',
    });
    return;
  }
  await refuses(session, shapes, explain, 'no dataset', {}, [400]);
  const health = operations.find(
    ({ method, path, primary }) => method === 'GET' && path === primary && path.endsWith('/llm/health'),
  );
  const mode = health === undefined ? null : await modeOf(session, health);
  const got = await refuses(
    session,
    shapes,
    explain,
    mode === 'live' ? 'closed dataset' : 'switched off',
    { datasetPath: mode === 'live' ? 'indigenous_territories' : 'ontario_hourly_demand', timeframe: '24h' },
    mode === 'live' ? [451] : [503],
  );
  if (mode === 'live' || got === null) return;
  const subject: Subject = { capability: CAPABILITY, where: `POST ${explain.path} (switched off)` };
  expectThat(session, subject, 'mode header', got.headers['x-llm-mode'] === 'disabled', () => ({
    what: 'a refusal does not say that language models are off',
    expected: 'X-LLM-Mode: disabled',
    got: got.headers['x-llm-mode'] ?? 'no such header',
    consequence: 'the front end tries again and again',
    next: 'look at the version of the server',
  }));
  say(session, subject, 'live', 'off', {
    what: 'no language model is configured',
    expected: 'mode live',
    got: `mode ${mode ?? 'unknown'}`,
    consequence: 'the flag llm stays closed; everything else is as it should be',
    next: 'configure an upstream (.env.example), approve the prompts, verify again',
  });
}

async function modeOf(session: Session, { path }: Operation): Promise<string | null> {
  const answer = await session.ask({ method: 'GET', path, headers: { accept: 'application/json' } });
  const subject: Subject = { capability: CAPABILITY, where: `GET ${path}`, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return null;
  const { mode } = recordOf(jsonOf(got));
  expectThat(session, subject, 'mode', typeof mode === 'string', () => ({
    what: 'the health of language models does not say its mode',
    expected: 'a mode: live, or that they are off',
    got: gist(got),
    consequence: 'the front end cannot tell an answer from a canned text',
    next: 'look at the version of the server',
  }));
  return typeof mode === 'string' ? mode : null;
}

async function refuses(
  session: Session,
  shapes: Shapes,
  operation: Operation,
  name: string,
  body: Readonly<Record<string, string>>,
  statuses: readonly number[],
): Promise<ProbeAnswered | null> {
  const { path } = operation;
  const answer = await session.ask({ method: 'POST', path, headers: JSON_BODY, body: JSON.stringify(body) });
  const subject: Subject = { capability: CAPABILITY, where: `POST ${path} (${name})`, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return null;
  const good = expectThat(session, subject, name, statuses.includes(got.status), () => ({
    what: `it is not refused: ${name}`,
    expected: `status ${statuses.join(' or ')}`,
    got: gist(got),
    consequence: 'a gate is open that must be closed',
    next: 'penstock llm audit, on the machine of the server',
  }));
  if (!good) return null;
  checkProblem(session, shapes, subject, operation, got);
  return got;
}
