/** Help for those who write it: one text written with the key of the service, and its versions. */
import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../../core/errors.ts';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import type { Principal } from '../api/principal.ts';
import { ownProvenance, provenanceSchema } from '../api/provenance.ts';
import { limitWord } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { queryInvalid } from '../faults.ts';
import { helpHistory } from '../help/history.ts';
import { isHelpId } from '../help/read.ts';
import {
  changedMembers,
  editAnswer,
  editBody,
  historyAnswer,
  idWords,
  invalidMembers,
  unknownMembers,
} from '../help/schemas.ts';
import { helpUnknown } from '../help/unknown.ts';
import { writeHelp } from '../help/write.ts';

const NAME_MAX = 200;

export function helpAdminEndpoints({ service, clock }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      name: 'help-write',
      method: 'put',
      paths: everyPath('admin/help/{id}'),
      tag: 'Help',
      summary: 'Writes a help text: a new one, or a new version of one that is there',
      description:
        'The rules are those of the files in data/help, and all that are broken are named at once. Earlier versions are kept. Who did it is X-Penstock-Actor, else the subject of the token, else the author. A text is taken away with its file, not here.',
      limit: 'write',
      needs: 'service',
      params: idWords,
      body: editBody,
      answer: editAnswer,
      refusals: {
        403: { when: 'The key of the service is missing.' },
        409: { when: 'It is at another version than the one that you have read.', members: changedMembers },
        422: { when: 'It breaks rules of help texts.', members: invalidMembers },
      },
      handle: async ({ params: { id }, body, principal, c }) => {
        const { expected_load_id: named, last_updated: day = null, aliases = null, ...text } = body;
        const by = (actorOf(c, principal) ?? text.author).slice(0, NAME_MAX);
        const { outcome, version, parts, after } = await writeHelp(
          service,
          {
            text: { ...text, id, last_updated: day, aliases },
            by,
            expected: expectedOf(c, named === undefined ? null : String(named)),
          },
          new Date(clock.now()).toISOString().slice(0, 10),
        );
        return {
          body: {
            id: after.id,
            outcome,
            load_id: version,
            changed: [...parts],
            last_updated: after.last_updated,
            by,
            provenance: ownProvenance('edit', clock.now()),
          },
          headers: { ETag: `"${version}"` },
        };
      },
    }),
    endpoint({
      name: 'help-history',
      method: 'get',
      paths: everyPath('admin/help/{id}/history'),
      tag: 'Help',
      summary: 'Versions of a help text, newest first: who, when, and the text as a file',
      limit: 'read',
      needs: 'service',
      params: idWords,
      query: z.object({ limit: limitWord(50, 500) }),
      answer: historyAnswer,
      refusals: {
        403: { when: 'The key of the service is missing.' },
        404: { when: 'There never was a help text of that id.', members: unknownMembers },
      },
      handle: async ({ params: { id }, query: { limit } }) => {
        const versions = isHelpId(id) ? await helpHistory(service, id, limit) : [];
        const [newest] = versions;
        if (newest === undefined) throw helpUnknown(id);
        const rows = versions.map((one) => ({ ...one, changed: [...one.changed] }));
        return {
          body: { id, version: newest.version, versions: rows, provenance: historyProvenance(newest.known_at) },
          headers: { ETag: `"${newest.version}"` },
        };
      },
    }),
  ];
}

function historyProvenance(knownAt: string): z.input<typeof provenanceSchema> {
  return { source: 'history of edits and loads', last_updated: knownAt, freshness_status: 'live', is_fallback: false };
}

/** @throws Fault `HTTP_QUERY_INVALID` */
function actorOf(c: Context, { subject }: Principal): string | null {
  const named = c.req.header('X-Penstock-Actor')?.trim();
  if (named === undefined || named === '') return subject;
  // A header has no encoding that both sides would agree on, and this name is kept for good.
  if (/^[\x20-\x7e]{1,200}$/.test(named)) return named;
  throw unchanged(
    queryInvalid('X-Penstock-Actor is at most 200 ASCII characters', 'leave it out: then it is the author'),
  );
}

/** @throws Fault `HTTP_QUERY_INVALID` where header and body differ */
function expectedOf(c: Context, named: string | null): string | null {
  const header = c.req.header('If-Match')?.trim();
  if (header === undefined) return named;
  const version = header === '*' ? '*' : /^(?:W\/)?"?(\d{1,19})"?$/.exec(header)?.[1];
  if (version === undefined)
    throw unchanged(queryInvalid('If-Match is no version of a help text', 'send the version that history gives, or *'));
  if (named !== null && version !== '*' && named !== version)
    throw unchanged(queryInvalid('If-Match and expected_load_id name two versions', 'send one of them'));
  return named ?? version;
}

function unchanged({ code, kind, what, next = '' }: Fault): Fault {
  return new Fault({ code, kind, what, consequence: 'nothing was changed', next });
}
