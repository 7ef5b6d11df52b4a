/** Compares the columns of a file, as a set, with the vintages that a definition knows. */

const SHOWN = 30;

/**
 * Null where the file's columns are those of a vintage, in any order, each once; else a sentence that says what is added, missing
 * and doubled compared with the nearest vintage.
 */
export function headerDifference(found: readonly string[], vintages: readonly (readonly string[])[]): string | null {
  const doubled = [...new Set(found.filter((name, i) => found.indexOf(name) !== i))];
  const differences = vintages.map((vintage) => ({
    added: found.filter((name) => !vintage.includes(name)),
    missing: vintage.filter((name) => !found.includes(name)),
  }));
  const sizes = differences.map(({ added, missing }) => added.length + missing.length);
  const smallest = Math.min(...sizes);
  if (smallest === 0 && doubled.length === 0) return null;
  const nearest = differences[sizes.indexOf(smallest)] ?? { added: found, missing: [] };
  const parts = [
    nearest.added.length > 0 ? `added ${names(nearest.added)}` : '',
    nearest.missing.length > 0 ? `missing ${names(nearest.missing)}` : '',
    doubled.length > 0 ? `doubled ${names(doubled)}` : '',
  ].filter((part) => part !== '');
  return `the columns are ${names(found)}; compared with the nearest known header: ${parts.join(', ')}`;
}

/** What to do about a header that is not known. */
export const HEADER_NEXT: string =
  'if the publisher changed the report, add its columns to the definition as a further vintage; if not, look at the file';

function names(list: readonly string[]): string {
  const shown = list.slice(0, SHOWN).map((name) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name));
  const more = list.length > SHOWN ? `, and ${list.length - SHOWN} more` : '';
  return `[${shown.join(', ')}${more}]`;
}
