/** Asks every GET under every path, and looks at each answer: status, media type, shape, provenance, headers. */
import { tableFromIPC } from 'apache-arrow';
import type { ProbeAnswered } from '../../core/probe.ts';
import { ARROW_TYPE, CSV_TYPE, JSON_TYPE, NDJSON_TYPE } from '../api/media.ts';
import { capabilityOf } from './capabilities.ts';
import { short } from './check.ts';
import type { Operation } from './document.ts';
import type { Question } from './questions.ts';
import { contradictions, freshnessOf, provenancesOf } from './provenance.ts';
import { answerOf, expectThat, gist, jsonOf, mediaOf, say, type Session, type Subject } from './session.ts';
import type { Shapes } from './shapes.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Statuses beside 200 that say that there is nothing now. */
const NOTHING: ReadonlySet<number> = new Set([404, 451]);

/** @returns the JSON of the answer where there is one and it is of status 200 */
export async function checkRead(session: Session, shapes: Shapes, question: Question): Promise<unknown> {
  const { operation, path, accept, guessed } = question;
  const capability = capabilityOf(operation);
  const where = `GET ${path}${accept === JSON_TYPE ? '' : ` (${accept})`}`;
  const keyed = operation.needsService && session.key !== null;
  if (operation.needsService && !keyed) return undefined;
  const answer = await session.ask({
    method: 'GET',
    path,
    headers: { accept, ...(keyed && { authorization: `Bearer ${session.key}` }) },
  });
  if (answer.outcome === 'cut') session.hung.add(operation.primary);
  const subject: Subject = { capability, where, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return undefined;
  const refused = got.status !== 200;
  const nothing = NOTHING.has(got.status) && operation.responses[String(got.status)] !== undefined;
  const allowed = guessed && got.status < 500 && operation.responses[String(got.status)] !== undefined;
  checkHeaders(session, subject, got);
  if (refused && (nothing || allowed)) {
    say(session, subject, 'status', nothing ? 'noted' : 'passed', nothing ? nothingThere(got) : null);
    checkProblem(session, shapes, subject, operation, got);
    return undefined;
  }
  const good = expectThat(session, subject, 'status', !refused, () => ({
    what: 'a good question is not answered',
    expected: 'status 200',
    got: gist(got),
    consequence: 'the front end shows what it has without the server',
    next: got.status >= 500 ? 'look in the log of the server' : 'compare the question with /openapi.json',
  }));
  if (!good) return undefined;
  return accept === JSON_TYPE || mediaOf(got) === JSON_TYPE
    ? checkJson(session, shapes, subject, operation, got)
    : checkForm(session, subject, question, got);
}

function checkJson(
  session: Session,
  shapes: Shapes,
  subject: Subject,
  operation: Operation,
  got: ProbeAnswered,
): unknown {
  const body = jsonOf(got);
  if (
    !expectThat(session, subject, 'content type', mediaOf(got) === JSON_TYPE && body !== undefined, () => ({
      what: 'the answer is no JSON',
      expected: JSON_TYPE,
      got: `${got.headers['content-type'] ?? 'no type'}, ${body === undefined ? 'not readable' : 'readable'}`,
      consequence: 'the front end cannot read it',
      next: 'look at what stands between: a proxy may answer for the server',
    }))
  )
    return undefined;
  checkShape(session, shapes, subject, operation, 200, JSON_TYPE, body);
  checkProvenance(session, subject, body, got);
  return body;
}

export function checkShape(
  session: Session,
  shapes: Shapes,
  subject: Subject,
  operation: Operation,
  status: number,
  media: string,
  body: unknown,
): void {
  const faults = shapes.faults(operation, status, media, body);
  expectThat(session, subject, 'shape', faults?.length === 0, () => ({
    what: 'the answer has another shape than the document says',
    expected: `the schema of status ${status}, ${media}`,
    got: faults === null ? 'the document has no schema for it' : short(faults.join('; '), 300),
    consequence: 'the front end reads fields that are not there',
    next: 'compare the answer with /openapi.json',
  }));
}

function checkProvenance(session: Session, subject: Subject, body: unknown, got: ProbeAnswered): void {
  const said = provenancesOf(body);
  const faults =
    said.length === 0 ? ['there is none'] : said.flatMap((one) => contradictions(one, session.clock.now()));
  const header = got.headers['x-penstock-freshness'];
  if (said.length > 0 && header !== undefined && header !== freshnessOf(said))
    faults.push(`X-Penstock-Freshness is ${header} and the body says ${freshnessOf(said)}`);
  expectThat(session, subject, 'provenance', faults.length === 0, () => ({
    what: 'the answer does not say where its numbers are from',
    expected: 'a provenance object that does not contradict itself',
    got: short(faults.join('; '), 300),
    consequence: 'nobody can tell a measurement from a sample',
    next: 'compare the answer with the provenance object of /openapi.json',
  }));
}

/** Headers of every answer, and that nothing inside the server is told outside. */
export function checkHeaders(session: Session, subject: Subject, got: ProbeAnswered): void {
  const faults: string[] = [];
  if (got.headers['x-content-type-options'] !== 'nosniff') faults.push('X-Content-Type-Options: nosniff is missing');
  if (got.headers['x-powered-by'] !== undefined) faults.push('X-Powered-By is there');
  if (
    mediaOf(got).includes('json') &&
    got.status >= 400 &&
    /\n\s+at |node_modules|\.ts:\d+/.test(new TextDecoder().decode(got.bytes))
  )
    faults.push('the body holds a stack trace');
  expectThat(session, subject, 'headers', faults.length === 0, () => ({
    what: 'the headers do not protect the reader',
    expected: 'X-Content-Type-Options: nosniff, and nothing of the inside',
    got: faults.join('; '),
    consequence: 'a browser may take data for a page, or a stranger learns how the server is built',
    next: 'look at what stands between: a proxy may change headers',
  }));
}

/** A refusal is a problem document of the documented shape. */
export function checkProblem(
  session: Session,
  shapes: Shapes,
  subject: Subject,
  operation: Operation,
  got: ProbeAnswered,
): void {
  const body = jsonOf(got);
  const faults = shapes.faults(operation, got.status, PROBLEM_TYPE, body) ?? [];
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  expectThat(
    session,
    subject,
    'refusal',
    mediaOf(got) === PROBLEM_TYPE && typeof code === 'string' && faults.length === 0,
    () => ({
      what: 'the refusal is no problem document',
      expected: `${PROBLEM_TYPE} with a code`,
      got: short(`${got.headers['content-type'] ?? 'no type'}; ${faults.join('; ') || gist(got)}`, 300),
      consequence: 'neither the front end nor a person can tell what to do',
      next: 'look at what stands between: a proxy may answer for the server',
    }),
  );
}

function nothingThere(got: ProbeAnswered): {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly consequence: string;
  readonly next: string;
} {
  return {
    what: 'there is nothing to show now',
    expected: 'data, or this refusal',
    got: gist(got),
    consequence: 'the front end shows that there are no data',
    next: 'load the data that it reads, if there are to be any',
  };
}

/** CSV has a header, Arrow can be read, everything else has bytes; and the provenance is in a header. */
function checkForm(session: Session, subject: Subject, { accept }: Question, got: ProbeAnswered): undefined {
  const wanted = accept === '*/*' ? mediaOf(got) : accept;
  const fault = mediaOf(got) !== wanted ? `${got.headers['content-type'] ?? 'no type'}` : formFault(wanted, got.bytes);
  expectThat(session, subject, 'form', fault === null, () => ({
    what: 'the answer has not the form that was asked for',
    expected: wanted,
    got: fault ?? '',
    consequence: 'who downloads the data cannot open them',
    next: 'compare the answer with /openapi.json',
  }));
  return undefined;
}

function formFault(media: string, bytes: Uint8Array): string | null {
  if (media === CSV_TYPE)
    return /^"?[A-Za-z_]/.test(new TextDecoder().decode(bytes.subarray(0, 100))) ? null : 'no line of names';
  if (media === ARROW_TYPE) {
    try {
      const table = tableFromIPC(bytes);
      return table.schema.fields.length > 0 ? null : 'no columns';
    } catch (error) {
      return `not readable as Arrow: ${short(String(error), 80)}`;
    }
  }
  // Lines of no rows are no lines.
  return bytes.length > 0 || media === NDJSON_TYPE ? null : 'nothing';
}
