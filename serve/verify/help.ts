/** Help texts: every id that the front end asks for is in the manifest, answers, and holds nothing that runs. */
import { short } from './check.ts';
import { filled, type Operation, recordOf } from './document.ts';
import { answerOf, expectThat, gist, jsonOf, say, type Session, type Subject } from './session.ts';

const CAPABILITY = 'help';
/** What the client's code would run when it puts the text into its page. */
const RUNS = /<\s*(script|iframe|object|embed|style|link|meta|form)\b|\son\w+\s*=|javascript:|data:text\/html/i;

/** The operations of help: the list of all, and the one of one id. */
export function helpOperations(operations: readonly Operation[]): {
  readonly manifest: Operation | null;
  readonly item: Operation | null;
} {
  const own = operations.filter(
    ({ method, path, primary, needsService }) =>
      method === 'GET' && path === primary && !needsService && /(^|\/)help/.test(path),
  );
  return {
    manifest: own.find(({ path }) => path.endsWith('/manifest')) ?? null,
    item: own.find(({ path }) => /\/\{\w+\}$/.test(path)) ?? null,
  };
}

/** Ids of the manifest; empty where there is none. */
export function idsIn(body: unknown): string[] {
  const { manifest } = recordOf(body);
  return (Array.isArray(manifest) ? manifest : []).map((one) => String(recordOf(one)['id']));
}

/** @param manifest what the server answered to the question for all texts */
export async function checkHelp(session: Session, operations: readonly Operation[], manifest: unknown): Promise<void> {
  const { manifest: all, item } = helpOperations(operations);
  if (all === null || item === null) {
    say(session, { capability: CAPABILITY, where: 'help' }, 'help ids', 'failed', {
      what: 'the server has no help texts',
      expected: 'a manifest and an address for each text',
      got: 'neither in the document',
      consequence: 'panels have no help, or the client its own',
      next: 'look at the version of the server',
    });
    return;
  }
  const listed = new Set(idsIn(manifest));
  for (const id of session.helpIds) {
    const subject: Subject = { capability: CAPABILITY, where: `GET ${all.path}` };
    expectThat(session, subject, 'help ids', listed.has(id), () => ({
      what: `the manifest does not name ${id}`,
      expected: `an entry ${id}`,
      got: `${listed.size} other ids`,
      consequence: 'a panel of the front end has no help',
      next: 'penstock db seed',
    }));
    const name = /\{(\w+)\}$/.exec(item.path)?.[1] ?? 'id';
    await checkText(session, filled(item.path, { [name]: id }, {}), id);
  }
}

async function checkText(session: Session, path: string, id: string): Promise<void> {
  const answer = await session.ask({ method: 'GET', path, headers: { accept: 'application/json' } });
  const subject: Subject = { capability: CAPABILITY, where: `GET ${path}`, ms: answer.ms };
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  const { body_html: html, short_text: text } = recordOf(jsonOf(got));
  const faults: string[] = [];
  if (got.status !== 200) faults.push(gist(got));
  else {
    if (typeof html !== 'string' || html.trim() === '') faults.push('no body_html');
    if (typeof text !== 'string' || text.trim() === '') faults.push('no short_text');
    const bad = typeof html === 'string' ? RUNS.exec(html)?.[0] : undefined;
    if (bad !== undefined) faults.push(`body_html holds ${short(bad, 40)}`);
  }
  expectThat(session, subject, 'help text', faults.length === 0, () => ({
    what: `the help text ${id} is not as it should be`,
    expected: 'status 200, short_text, and body_html that runs nothing',
    got: faults.join('; '),
    consequence: 'a panel of the front end has no help, or runs what somebody wrote into it',
    next: `correct data/help/${id}.md, then penstock db seed`,
  }));
}
