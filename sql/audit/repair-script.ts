/** All repair DDL of an audit as one script, in an order in which each statement finds what it needs. */
import type { Finding, ObjectKind } from '../../core/audit.ts';

const HEADER = `-- Printed by penstock db audit, and run by nobody yet. Read it before you run it.
-- Run it as the owner of the database with psql -v ON_ERROR_STOP=1 -f, outside of a transaction: concurrently takes none.
-- What would lose or change rows, values or numbers is commented out, with the reason in front of it. What nobody here made and holds
-- none (views, functions, policies, indexes …) is dropped; a materialized view whose definition differs is made and filled anew.
set lock_timeout = '10s';
-- Functions and what they name may come in either order.
set check_function_bodies = off;
`;

/** What leans on others goes first when it is dropped … */
const DROPS: readonly ObjectKind[] = [
  'event trigger',
  'publication',
  'trigger',
  'rule',
  'policy',
  'materialized view',
  'view',
  'function',
  'aggregate',
  'statistics',
  'constraint',
  'index',
  'sequence',
  'domain',
  'composite type',
  'enum',
  'extension',
];
/** … and last when it is made. */
const MAKES: readonly ObjectKind[] = [
  'role',
  'database',
  'extension',
  'schema',
  'enum',
  'domain',
  'composite type',
  'sequence',
  'table',
  'column',
  'constraint',
  'index',
  'view',
  'materialized view',
  'function',
  'aggregate',
  'trigger',
  'rule',
  'policy',
  'statistics',
  'publication',
  'event trigger',
  'default privileges',
];

/** Empty when there is nothing that it can repair. */
export function repairScript(findings: readonly Finding[]): string {
  const ordered = findings
    .filter(({ repair }) => repair !== null)
    .toSorted((a, b) => step(a) - step(b) || (a.name < b.name ? -1 : Number(a.name > b.name)));
  if (ordered.length === 0) return '';
  const seen = new Set<string>();
  const parts = ordered.flatMap(({ kind, name, difference, repair }) => {
    // Several attributes of a function are one statement.
    if (repair === null || seen.has(repair)) return [];
    seen.add(repair);
    return [`-- ${kind} ${name}: ${difference}\n${repair}`];
  });
  return `${HEADER}\n${parts.join('\n\n')}\n`;
}

function step({ kind, difference, repair, expected }: Finding): number {
  // A name that is right again may be what the others look for.
  if (/^alter \S+ .* rename /.test(repair ?? '')) return -2;
  if (difference === 'extra') return -1 + DROPS.indexOf(kind) / 100;
  const place = MAKES.indexOf(kind);
  // A key before the references to it.
  if (kind === 'constraint') return place + (/^(PRIMARY KEY|UNIQUE|EXCLUDE)/.test(expected ?? '') ? 0 : 0.5);
  // Views may call functions, and functions may return rows of tables and views: what names no relation goes first.
  if (kind === 'function' && !/\b(public|history|etl)\./.test(signature(repair ?? '')))
    return MAKES.indexOf('sequence') + 0.5;
  // What is computed from other columns after them.
  if (kind === 'column' && repair?.includes(' generated always as (') === true) return place + 0.2;
  if (difference === 'missing') return place;
  // A grant to the one who owns it now would be lost with the ownership.
  if (difference === 'owner') return place + 0.6;
  return place + 0.7;
}

function signature(ddl: string): string {
  return /^CREATE OR REPLACE (?:FUNCTION|PROCEDURE) [^(]*(\([^]*?)\n LANGUAGE/.exec(ddl)?.[1] ?? ddl;
}
