/** Files of the project itself as a source: `local://reference/x.csv` is data/reference/x.csv, `local://help/` all documents of data/help. */
import type { Decode } from './decode.ts';

/** Whether this is a file of the project, read on every run. */
export function isLocal(url: string): boolean {
  return url.startsWith('local://');
}

/** What is wrong with an address and the decoder of what it answers: a folder is a list of documents, a file is as it is. */
export function localFaults(url: string, decode: Decode): string[] {
  const documents = decode?.format === 'documents';
  if (documents && !/^local:\/\/[^/]+\/$/.test(url))
    return ['documents() reads a folder of data/: write local://<folder>/'];
  if (!documents && isLocal(url) && !/^local:\/\/[^/]+\/[A-Za-z0-9_][\w.-]*$/.test(url))
    return ['a local file is local://<folder>/<file>, its name without placeholders'];
  const strange = documents ? (decode.lists ?? []).filter((name) => !decode.fields.includes(name)) : [];
  return strange.map((name) => `documents(): ${name} in lists is none of its fields`);
}
