/** Help for readers: all ids with their tooltips, one text as safe HTML, and what readers think of it. */
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { asClient } from '../api/client.ts';
import { ownProvenance } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { helpItem, helpManifest, isHelpId, renderOnce } from '../help/read.ts';
import { feedbackAnswer, feedbackBody, idWords, itemAnswer, manifestAnswer, unknownMembers } from '../help/schemas.ts';
import { helpUnknown } from '../help/unknown.ts';
import { sqlFault } from '../sql-fault.ts';

/** Everything under which the front end asks for a text; `/api/help` where it has no base of functions. */
const bothPaths = (rest: string): string[] => [
  ...everyPath(`help/api/help/${rest}`),
  ...everyPath(`help-simple/${rest}`),
  `/api/help/${rest}`,
];

const CACHE = { seconds: 60, tables: ['public.help_content', 'public.help_alias'] } as const;
const UNKNOWN = { 404: { when: 'There is no help text of that id.', members: unknownMembers } } as const;

// params: $1 claims of the reader's token.
const CLAIMS = `select set_config('request.jwt.claims', $1, true)`;
// grain: one row. writes: public.help_feedback. params: $1 id, $2 rating, $3 comment.
const FEEDBACK = 'select public.submit_help_feedback($1, $2::smallint, $3)::text as id';

export function helpEndpoints({ reads, service, clock }: ApiDependencies): Endpoint[] {
  const render = renderOnce();
  return [
    endpoint({
      name: 'help-manifest',
      method: 'get',
      paths: bothPaths('manifest'),
      tag: 'Help',
      summary: 'Every help text with its tooltip, by id; other names of a text are listed, too',
      limit: 'read',
      answer: manifestAnswer,
      cache: CACHE,
      handle: async () => ({ body: await helpManifest(reads) }),
    }),
    endpoint({
      name: 'help-text',
      method: 'get',
      paths: bothPaths('{id}'),
      tag: 'Help',
      summary: 'A help text as HTML that may be put into a page',
      description:
        'Ids are compared as they are: lower case, decoded once. What is no id, a path for one, is 404 like a text that is not there.',
      limit: 'read',
      params: idWords,
      answer: itemAnswer,
      refusals: UNKNOWN,
      cache: CACHE,
      handle: async ({ params: { id } }) => {
        const body = await helpItem(reads, render, id);
        if (body === null) throw helpUnknown(id);
        return { body };
      },
    }),
    endpoint({
      name: 'help-feedback',
      method: 'post',
      paths: bothPaths('{id}/feedback'),
      tag: 'Help',
      summary: 'What a reader thinks of a help text',
      description:
        'At most 10 per address and hour. A comment is kept as it was written, so it should name nobody; nothing is taken out of it.',
      limit: 'write',
      params: idWords,
      body: feedbackBody,
      answer: feedbackAnswer,
      refusals: UNKNOWN,
      handle: async ({ params: { id }, body: { rating, comment }, client, principal }) => {
        if (!isHelpId(id)) throw helpUnknown(id);
        try {
          const [given] = await asClient(service, client, async (tx) => {
            if (principal.subject !== null) await tx.query(CLAIMS, [JSON.stringify({ sub: principal.subject })]);
            return tx.query<{ id: string }>(FEEDBACK, [id, rating, comment ?? null]);
          });
          const provenance = ownProvenance('feedback of readers', clock.now());
          return { body: { id: given?.id ?? '', help_id: id, rating, provenance } };
        } catch (error) {
          throw isMissing(error) ? helpUnknown(id) : sqlFault(error);
        }
      },
    }),
  ];
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'PT404';
}
