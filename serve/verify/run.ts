/** The whole verification: takes the document, asks for everything, and never ends in the middle. */
import { CAPABILITIES, capabilityOf, CORE, servesRows, streamOf } from './capabilities.ts';
import { type Check, short } from './check.ts';
import { checkBasics, checkFlags } from './basics.ts';
import { type Operation, operationsOf, recordOf, withLiveValues } from './document.ts';
import { checkFreshness } from './freshness.ts';
import { checkHelp, helpOperations, idsIn } from './help.ts';
import { checkLlm } from './llm.ts';
import { checkOrigins } from './origins.ts';
import { checkPages } from './pages.ts';
import { provenancesOf } from './provenance.ts';
import { checkPush } from './push.ts';
import { EVENTS_TYPE, questionsOf } from './questions.ts';
import { checkRead } from './reads.ts';
import { checkRefusal, refusalsOf } from './refusals.ts';
import { answerOf, jsonOf, openSession, say, type Session, type VerifyOptions } from './session.ts';
import { type Shapes, shapesOf } from './shapes.ts';

export interface RunOptions extends VerifyOptions {
  /** Empty: all. */
  readonly only: readonly string[];
  /** The document of this version, for servers that have none of their own. */
  readonly ownDocument: object;
  /** Told what is looked at, for whoever waits. */
  readonly looking?: (capability: string) => void;
}

/** Questions at once: enough to be quick, and few enough to be a guest. */
const AT_ONCE = 4;

export async function verify(options: RunOptions): Promise<readonly Check[]> {
  const session = openSession(options);
  const wants = (capability: string): boolean => options.only.length === 0 || options.only.includes(capability);
  const { document, own } = await theDocument(session, options.ownDocument);
  if (document === null) {
    const [why] = session.checks.map((check) => check.why);
    for (const capability of options.only)
      if (capability !== CORE) say(session, { capability, where: 'GET /openapi.json' }, 'time', 'failed', why ?? null);
    return session.checks.filter((check) => wants(check.capability));
  }
  const shapes = shapesOf(document);
  // What is not ours has the functions alone.
  const all = operationsOf(document).filter(({ path }) => own || path.startsWith('/functions/v1/'));
  const bare = own ? all : all.map((one) => ({ ...one, primary: one.path }));
  const manifest = await manifestOf(session, bare);
  const operations = withLiveValues(bare, idsIn(manifest).slice(0, 3));

  for (const capability of CAPABILITIES) {
    if (!wants(capability)) continue;
    options.looking?.(capability);
    const mine = operations.filter((one) => capabilityOf(one) === capability);
    if (!mine.some((one) => !capability.startsWith('stream.') || servesRows(one))) nothingOf(session, capability);
    const jobs: (() => Promise<unknown>)[] = [];
    for (const operation of mine)
      jobs.push(() => guarded(session, operation, () => lookAt(session, shapes, operation, all)));
    if (capability === CORE && own) {
      jobs.push(
        () => checkBasics(session),
        () => checkFlags(session, operations),
      );
    }
    if (capability === 'help') jobs.push(() => checkHelp(session, operations, manifest));
    if (capability === 'llm') jobs.push(() => checkLlm(session, shapes, operations));
    await inTurn(jobs);
  }
  return session.checks.filter((check) => wants(check.capability));
}

async function theDocument(
  session: Session,
  ownDocument: object,
): Promise<{ readonly document: object | null; readonly own: boolean }> {
  const answer = await session.ask({ method: 'GET', path: '/openapi.json' });
  const subject = { capability: CORE, where: 'GET /openapi.json', ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return { document: null, own: false };
  const body = jsonOf(got);
  if (got.status === 200 && operationsOf(body).length > 0 && String(recordOf(body)['openapi']).startsWith('3.1')) {
    say(session, subject, 'document', 'passed');
    return { document: body as object, own: true };
  }
  say(session, subject, 'document', 'noted', {
    what: 'the server has no document of its own',
    expected: 'OpenAPI 3.1',
    got: `status ${got.status}`,
    consequence: 'its functions are compared with the document of this version',
    next: 'if it is a server of penstock, look at what stands between',
  });
  return { document: ownDocument, own: false };
}

async function manifestOf(session: Session, operations: readonly Operation[]): Promise<unknown> {
  const { manifest } = helpOperations(operations);
  if (manifest === null) return undefined;
  const answer = await session.ask({ method: 'GET', path: manifest.path, headers: { accept: 'application/json' } });
  return answer.outcome === 'answered' ? jsonOf(answer) : undefined;
}

/** Everything about one path; of other names of a path only whether they answer the same way. */
async function lookAt(
  session: Session,
  shapes: Shapes,
  operation: Operation,
  all: readonly Operation[],
): Promise<void> {
  const { method, path, primary, responses } = operation;
  const isPrimary = path === primary;
  let first: string | null = null;
  if (method === 'GET')
    for (const question of questionsOf(operation, session.clock.now())) {
      const body = await checkRead(session, shapes, question);
      first ??= question.path;
      const stream = streamOf(primary);
      if (isPrimary && stream !== null && servesRows(operation) && body !== undefined)
        checkFreshness(
          session,
          { capability: capabilityOf(operation), where: `GET ${question.path}` },
          stream,
          provenancesOf(body),
        );
      if (session.hung.has(primary)) return;
    }
  if (!isPrimary) return;
  for (const refusal of refusalsOf(operation, all)) {
    await checkRefusal(session, shapes, operation, refusal);
    if (session.hung.has(primary)) return;
  }
  await checkOrigins(session, operation, first ?? path.replaceAll(/\{\w+\}/g, 'x'));
  const stream = streamOf(primary);
  if (stream === null || !servesRows(operation)) return;
  const capability = capabilityOf(operation);
  await checkPages(session, capability, path, stream);
  if (responses['200']?.includes(EVENTS_TYPE) === true) await checkPush(session, capability, path);
}

/** A fault of the verifier itself is a line like any other: the rest goes on. */
async function guarded(session: Session, operation: Operation, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(
      session,
      { capability: capabilityOf(operation), where: `${operation.method} ${operation.path}` },
      'verify',
      'failed',
      {
        what: 'the verification itself broke here',
        expected: 'a finding',
        got: short(String(error)),
        consequence: 'the rest of this path was not looked at',
        next: 'report it with the output of --json: it is a fault of penstock',
      },
    );
  }
}

async function inTurn(jobs: readonly (() => Promise<unknown>)[]): Promise<void> {
  const waiting = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function nothingOf(session: Session, capability: string): void {
  say(session, { capability, where: '/openapi.json' }, 'document', 'failed', {
    what: 'the server does not offer it',
    expected: `${capability.startsWith('stream.') ? 'rows' : 'an operation'} of ${capability}`,
    got: 'none in its document',
    consequence: 'its flag stays closed',
    next: 'look at the version of the server',
  });
}
