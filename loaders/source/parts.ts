/** The parts of an interval that is made of several files: a list of them, stored in the landing like any answer, is the interval's artifact. */
import { Fault } from '../../core/errors.ts';
import type { Landing } from './landing.ts';

/** Content type of a list of parts in `etl.artifact`; no publisher sends it. */
export const PARTS_TYPE = 'application/vnd.penstock.parts+json';

export interface Part {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Parts {
  readonly main: Part;
  /** By the input's name. */
  readonly inputs: Readonly<Record<string, Part>>;
}

/** Stores the list: the same parts from the same addresses give the same bytes. */
export async function storeParts(landing: Landing, parts: Parts): Promise<{ sha256: string; bytes: number }> {
  const reception = await landing.receive();
  try {
    await reception.write(new TextEncoder().encode(`${JSON.stringify(canonical(parts))}\n`));
    return await reception.commit();
  } finally {
    await reception.abort();
  }
}

/** @throws Fault `LANDING_MISSING` when the list is gone, `LANDING_CORRUPT` when it is none */
export async function readParts(landing: Landing, sha256: string): Promise<Parts> {
  await landing.verify(sha256);
  const chunks: Uint8Array[] = [];
  for await (const chunk of landing.bodyOf(sha256)) chunks.push(chunk as Uint8Array);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as Parts;
  } catch (cause) {
    throw new Fault({
      code: 'LANDING_CORRUPT',
      kind: 'file',
      what: 'a stored list of parts cannot be read',
      where: landing.path(sha256),
      consequence: 'nothing was loaded from it',
      next: 'remove the file and run again: the publisher is asked anew',
      cause,
    });
  }
}

/** The same content, wherever it came from: another commit of a repository need not change its files. */
export function sameContent(a: Parts, b: Parts): boolean {
  const hashes = (parts: Parts): string =>
    JSON.stringify([
      parts.main.sha256,
      Object.entries(canonical(parts).inputs).map(([name, one]) => [name, one.sha256]),
    ]);
  return hashes(a) === hashes(b);
}

function canonical({ main, inputs }: Parts): Parts {
  const plain = ({ url, sha256, bytes }: Part): Part => ({ url, sha256, bytes });
  const names = Object.keys(inputs).sort();
  return {
    main: plain(main),
    inputs: Object.fromEntries(
      names.flatMap((name) => (inputs[name] === undefined ? [] : [[name, plain(inputs[name])]])),
    ),
  };
}
