/** What pages of other sites may do: an allowed one may ask and read all that the client needs, a stranger's may not. */
import { EXPOSED } from '../api/cors.ts';
import { capabilityOf } from './capabilities.ts';
import type { Operation } from './document.ts';
import { answerOf, expectThat, say, type Session, type Subject } from './session.ts';

const STRANGER = 'https://stranger.invalid';
/** The client sends all of them with every call. */
const SENT: readonly string[] = ['authorization', 'apikey', 'content-type', 'x-client-info'];

export async function checkOrigins(session: Session, operation: Operation, path: string): Promise<void> {
  if (session.origin !== null) await checkAllowed(session, operation, path, session.origin);
  await checkStranger(session, operation, path);
}

async function checkAllowed(session: Session, operation: Operation, path: string, origin: string): Promise<void> {
  const asked = await preflight(session, operation, path, origin);
  if (asked === null) return;
  const { got, subject } = asked;
  const allowed = got.headers['access-control-allow-headers']?.toLowerCase() ?? '';
  const missing = SENT.filter((name) => !allowed.split(/\s*,\s*/).includes(name));
  const readable = mayRead(got.headers, origin);
  expectThat(session, subject, 'cross-origin', readable && got.status < 300 && missing.length === 0, () => ({
    what: `pages of ${origin} may not ask`,
    expected: `a preflight that allows the origin and ${SENT.join(', ')}`,
    got: `status ${got.status}, allow-origin ${got.headers['access-control-allow-origin'] ?? 'missing'}${missing.length === 0 ? '' : `, not allowed: ${missing.join(', ')}`}`,
    consequence: 'the browser refuses every call of the front end',
    next: `add ${origin} to CORS_ALLOWED_ORIGINS of the server`,
  }));
  if (operation.method !== 'GET' || operation.needsService) return;
  const where = `GET ${path} (from ${origin})`;
  const answer = await session.ask({ method: 'GET', path, headers: { origin, accept: 'application/json' } });
  const read = answerOf(session, { ...subject, where }, answer);
  if (read === null) return;
  const exposed = (read.headers['access-control-expose-headers'] ?? '').toLowerCase().split(/\s*,\s*/);
  const hidden = exposed.includes('*') ? [] : EXPOSED.filter((name) => !exposed.includes(name.toLowerCase()));
  expectThat(
    session,
    { ...subject, where, ms: answer.ms },
    'exposed headers',
    mayRead(read.headers, origin) && hidden.length === 0,
    () => ({
      what: 'a page may not read what it needs',
      expected: `allow-origin ${origin}, and ${EXPOSED.join(', ')} exposed`,
      got: `allow-origin ${read.headers['access-control-allow-origin'] ?? 'missing'}${hidden.length === 0 ? '' : `; hidden: ${hidden.join(', ')}`}`,
      consequence: 'the front end stops after the first page, or cannot read anything',
      next: 'look at what stands between: a proxy may write these headers itself',
    }),
  );
}

async function checkStranger(session: Session, operation: Operation, path: string): Promise<void> {
  const asked = await preflight(session, operation, path, STRANGER);
  if (asked === null) return;
  const { got, subject } = asked;
  const origin = got.headers['access-control-allow-origin'];
  if (origin === '*') {
    say(session, subject, 'strangers', 'noted', {
      what: 'pages of every site may read it',
      expected: 'an origin that is named, or this',
      got: 'allow-origin *',
      consequence: 'a page that nobody allowed can look like ours; nothing here is private',
      next: 'name the origins in CORS_ALLOWED_ORIGINS of the server',
    });
    return;
  }
  expectThat(session, subject, 'strangers', origin === undefined, () => ({
    what: 'a page of a stranger may read it',
    expected: 'no allow-origin',
    got: `allow-origin ${origin ?? ''}`,
    consequence: 'a page that nobody allowed can look like ours',
    next: 'name the origins in CORS_ALLOWED_ORIGINS of the server',
  }));
}

async function preflight(
  session: Session,
  operation: Operation,
  path: string,
  origin: string,
): Promise<{ readonly got: NonNullable<ReturnType<typeof answerOf>>; readonly subject: Subject } | null> {
  const answer = await session.ask({
    method: 'OPTIONS',
    path,
    headers: {
      origin,
      'access-control-request-method': operation.method,
      'access-control-request-headers': SENT.join(','),
    },
  });
  const subject: Subject = {
    capability: capabilityOf(operation),
    where: `OPTIONS ${path} (from ${origin})`,
    ms: answer.ms,
  };
  const got = answerOf(session, subject, answer);
  return got === null ? null : { got, subject };
}

function mayRead(headers: Readonly<Record<string, string>>, origin: string): boolean {
  const said = headers['access-control-allow-origin'];
  return said === origin || said === '*';
}
