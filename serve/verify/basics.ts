/** What every deployment has beside its data: health, readiness, metrics, flags, an unknown path. */
import { FLAGS } from '../../core/flags.ts';
import { CORE } from './capabilities.ts';
import type { Operation } from './document.ts';
import { checkHeaders, PROBLEM_TYPE } from './reads.ts';
import { answerOf, expectThat, gist, jsonOf, mediaOf, say, type Session, type Subject } from './session.ts';

export async function checkBasics(session: Session): Promise<void> {
  await checkPlain(session, '/health', 'alive', 'whoever watches the server takes it for dead');
  await checkPlain(session, '/ready', 'ready', 'no traffic is sent to the server, or it has no data');
  await checkMetrics(session);
  await checkUnknown(session);
}

async function checkPlain(session: Session, path: string, name: string, consequence: string): Promise<void> {
  const answer = await session.ask({ method: 'GET', path, headers: { accept: 'application/json' } });
  const subject: Subject = { capability: CORE, where: `GET ${path}`, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  checkHeaders(session, subject, got);
  expectThat(session, subject, name, got.status === 200 && jsonOf(got) !== undefined, () => ({
    what: `it is not ${name}`,
    expected: 'status 200 and JSON',
    got: gist(got),
    consequence,
    next: 'penstock doctor and penstock health, on the machine of the server',
  }));
}

async function checkMetrics(session: Session): Promise<void> {
  const path = '/metrics';
  const open = await session.ask({ method: 'GET', path });
  const needsKey = open.outcome === 'answered' && [401, 403].includes(open.status);
  const answer =
    needsKey && session.key !== null
      ? await session.ask({ method: 'GET', path, headers: { authorization: `Bearer ${session.key}` } })
      : open;
  const subject: Subject = { capability: CORE, where: `GET ${path}`, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  if (needsKey && session.key === null)
    return say(session, subject, 'metrics', 'noted', {
      what: 'the metrics need a key',
      expected: 'figures, or this refusal',
      got: gist(got),
      consequence: 'they were not looked at',
      next: 'give --key to look at them',
    });
  const text = new TextDecoder().decode(got.bytes);
  const good = got.status === 200 && mediaOf(got) === 'text/plain' && /^# TYPE \w+ \w+$/m.test(text);
  expectThat(session, subject, 'metrics', good, () => ({
    what: 'there are no metrics',
    expected: 'status 200, text/plain, lines of # TYPE',
    got: gist(got),
    consequence: 'nobody is warned when the server is slow or refuses',
    next: 'look in the log of the server',
  }));
}

async function checkUnknown(session: Session): Promise<void> {
  const path = '/functions/v1/penstock-verify-nothing';
  const answer = await session.ask({ method: 'GET', path, headers: { accept: 'application/json' } });
  const subject: Subject = { capability: CORE, where: `GET ${path}`, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  expectThat(session, subject, 'unknown path', got.status === 404 && mediaOf(got) === PROBLEM_TYPE, () => ({
    what: 'a path that there is not is no problem document',
    expected: `status 404, ${PROBLEM_TYPE}`,
    got: gist(got),
    consequence: 'the client takes a page of errors for data',
    next: 'look at what stands between: a proxy may answer for the server',
  }));
}

/** Every flag of this version can be read. */
export async function checkFlags(session: Session, operations: readonly Operation[]): Promise<void> {
  const flags = operations.find(({ method, path }) => method === 'GET' && path === '/api/flags');
  const where = 'GET /api/flags';
  if (flags === undefined) {
    say(session, { capability: CORE, where }, 'flags', 'failed', missing('not in the document'));
    return;
  }
  const answer = await session.ask({ method: 'GET', path: flags.path, headers: { accept: 'application/json' } });
  const subject: Subject = { capability: CORE, where, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  const said = JSON.stringify(jsonOf(got) ?? '');
  const absent = FLAGS.map(({ key }) => key).filter((key) => !said.includes(JSON.stringify(key)));
  expectThat(session, subject, 'flags', got.status === 200 && absent.length === 0, () =>
    missing(got.status === 200 ? `missing: ${absent.join(', ')}` : gist(got)),
  );
}

function missing(got: string): {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly consequence: string;
  readonly next: string;
} {
  return {
    what: 'not every flag can be read',
    expected: `the flags ${FLAGS.map(({ key }) => key).join(', ')}`,
    got,
    consequence: 'the front end leaves closed what it cannot read',
    next: 'penstock flags list, on the machine of the server',
  };
}
