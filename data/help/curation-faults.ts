/** Texts that people must write or review: about Indigenous data, legal matters and privacy. Until then the reader is told so. */
import type { Field } from './front-matter.ts';
import type { LineFault } from './markdown-faults.ts';

const CURATED = /\b(indigenous|legal|privacy)\b/;
const REVIEWED = /^reviewed by \S.* on \d{4}-\d{2}-\d{2}$/;
/** What an unreviewed text says in its tooltip. */
const UNREVIEWED = 'not yet reviewed';

/** Faults of the field `curation`, and of a text that needs it and has none. */
export function curationFaults(id: string | null, fields: ReadonlyMap<string, Field>, body: string): LineFault[] {
  const field = fields.get('curation');
  const short = fields.get('short_text');
  const line = field?.line ?? fields.get('id')?.line ?? 1;
  const says = String(short?.value ?? '').includes(UNREVIEWED);
  if (field === undefined) {
    if (id === null || !CURATED.test(id.replaceAll(/[._-]/g, ' '))) return [];
    return [{ line, what: `${id} is a text that people must review: add curation: required` }];
  }
  const value = String(field.value);
  if (value === 'required') {
    return says
      ? []
      : [{ line: short?.line ?? line, what: `nobody has reviewed it, so short_text must say "${UNREVIEWED}"` }];
  }
  if (!REVIEWED.test(value)) {
    return [{ line, what: 'curation must be "required" or "reviewed by <name> on <date>"' }];
  }
  return says || /has not reviewed it/.test(body)
    ? [{ line, what: 'it is reviewed, and still tells the reader that it is not: take that out' }]
    : [];
}
