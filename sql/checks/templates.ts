/** The SQL files of checks that look at tables, filled with names and numbers of a definition. Every value is a name or a literal that is quoted here. */
import { readFileSync } from 'node:fs';
import { identifier, textLiteral } from '../identifier.ts';

/** What may stand in braces: a name of the contract, a number, a text, or SQL that was made from them. */
export type Filling =
  | { readonly name: string }
  | { readonly number: number }
  | { readonly text: string }
  | { readonly sql: string };

const read = new Map<string, string>();

/** Text of `sql/checks/<name>.sql` without its header. */
function template(name: string): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8')
    .replace(/^(--.*\n)+/, '')
    .trim();
  read.set(name, text);
  return text;
}

/** The SELECT with its braces filled. @throws RangeError for a brace without a filling, which is a fault of this project */
export function fill(name: string, fillings: Readonly<Record<string, Filling>>): string {
  return template(name).replaceAll(/\{(\w+)\}/g, (_, brace: string) => {
    const filling = fillings[brace];
    if (filling === undefined) throw new RangeError(`sql/checks/${name}.sql wants {${brace}}`);
    if ('name' in filling) return identifier(filling.name);
    if ('text' in filling) return textLiteral(filling.text);
    return 'number' in filling ? number(filling.number) : filling.sql;
  });
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot stand in SQL`);
  return value < 0 ? `(${value})` : String(value);
}
