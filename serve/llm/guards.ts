/** Words that close the gateway: attacks and sensitive topics (403), and markers of Indigenous data (451). The lists are data/prompts/guards.json. */
import { z } from 'zod';

const words = z.array(z.string().min(1)).min(1);
const guardsSchema = z.object({ note: z.string(), attack: words, sensitive: words, indigenous: words });

export interface Guards {
  readonly attack: readonly string[];
  readonly sensitive: readonly string[];
  readonly indigenous: readonly string[];
}

/** @throws ZodError, SyntaxError: the file ships with the program */
export function guardsOf(text: string): Guards {
  return guardsSchema.parse(JSON.parse(text));
}

/** A marker that is so long is no part of another word by chance. "Continuity" holds "inuit". */
const LONG = 8;

export type Unsafe = 'attack' | 'sensitive';

/** null: nothing was found. */
export function unsafeIn(texts: readonly string[], guards: Guards): Unsafe | null {
  const said = texts.map(plainWords);
  for (const sort of ['attack', 'sensitive'] as const)
    if (guards[sort].some((phrase) => said.some((text) => holdsPhrase(text, phrase)))) return sort;
  return null;
}

export function isIndigenous(texts: readonly string[], { indigenous }: Guards): boolean {
  return texts.some((text) => {
    const said = plainWords(decoded(text));
    return indigenous.some(
      (marker) => holdsPhrase(said, marker) || (!marker.includes(' ') && holdsMarker(said, marker)),
    );
  });
}

/** Lower-case words with one space around each: without accents, without what hides letters, `firstNations` and `first_nations` as two words. */
function plainWords(text: string): string {
  const bare = text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return ` ${bare} `;
}

function holdsPhrase(said: string, phrase: string): boolean {
  return said.includes(` ${phrase} `);
}

function holdsMarker(said: string, marker: string): boolean {
  return marker.length >= LONG ? said.includes(marker) : said.includes(` ${marker}`);
}

/** A path may be written with %5F and the like. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
