/** Asks every GET under every path, and looks at each answer: status, media type, shape, provenance, headers. */
import { tableFromIPC } from 'apache-arrow';
import type { ProbeAnswered } from '../../core/probe.ts';
import { ARROW_TYPE, CSV_TYPE, JSON_TYPE, NDJSON_TYPE } from '../api/media.ts';
import { capabilityOf } from './capabilities.ts';
import { short } from './check.ts';
import { filled, goodValues, guess, type Operation, type Parameter } from './document.ts';
import { contradictions, freshnessOf, provenancesOf } from './provenance.ts';
import { answerOf, expectThat, gist, jsonOf, mediaOf, say, type Session, type Subject } from './session.ts';
import type { Shapes } from './shapes.ts';

export const EVENTS_TYPE = 'text/event-stream';
export const PROBLEM_TYPE = 'application/problem+json';

/** What is asked of one path. */
export interface Question {
  readonly operation: Operation;
  /** With its values and its query. */
  readonly path: string;
  readonly accept: string;
  /** The document names no good value for something that is needed: any refusal it documents will do. */
  readonly guessed: boolean;
}

/** Statuses beside 200 that say that there is nothing now. */
const NOTHING: ReadonlySet<number> = new Set([404, 451]);
const MOST_VALUES = 30;

/** The first path is asked with every value that its address can have, and in every form; its other names once. */
export function questionsOf(operation: Operation): Question[] {
  const { path, primary, parameters } = operation;
  const isPrimary = path === primary;
  const inPath = parameters.filter((one) => one.in === 'path');
  const query = Object.fromEntries(
    parameters.filter((one) => one.in === 'query').flatMap((one): [string, string][] => queryValue(one)),
  );
  let guessed = parameters.some((one) => one.required && one.in === 'query' && goodValues(one).length === 0);
  const values = (one: Parameter): readonly string[] => {
    const named = goodValues(one);
    if (named.length > 0) return isPrimary ? named.slice(0, MOST_VALUES) : named.slice(0, 1);
    guessed = true;
    return [guess(one)];
  };
  const [first, ...others] = inPath;
  const rest = Object.fromEntries(others.map((one) => [one.name, values(one)[0] ?? '']));
  const paths =
    first === undefined
      ? [filled(path, {}, query)]
      : values(first).map((value) => filled(path, { ...rest, [first.name]: value }, query));
  const media = (operation.responses['200'] ?? []).filter((type) => type !== EVENTS_TYPE);
  const forms = isPrimary ? media.filter((type) => type !== JSON_TYPE) : [];
  const plain = media.includes(JSON_TYPE) ? JSON_TYPE : '*/*';
  const [one = ''] = paths;
  return [
    ...paths.map((asked) => ({ operation, path: asked, accept: plain, guessed })),
    ...(plain === JSON_TYPE ? forms.map((accept) => ({ operation, path: one, accept, guessed })) : []),
  ];
}

/** Pages are kept small: whether all of them are there is asked elsewhere. */
function queryValue(one: Parameter): [string, string][] {
  if (one.name === 'limit') return [['limit', '5']];
  if (one.required) return [[one.name, goodValues(one)[0] ?? guess(one)]];
  const example = one.example ?? one.schema.example ?? one.schema.examples?.[0];
  return example === undefined || typeof example === 'object' ? [] : [[one.name, String(example)]];
}

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
