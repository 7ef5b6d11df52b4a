/** What would make a load of a table wrong or impossible although its columns fit: triggers, rules, references, rights and the like. */
import type { Table } from '../core/contract.ts';
import { type LiveReference, type LiveTable, type LiveTrigger, TRIGGER } from './live-table.ts';

/** The trigger function of tables whose rows people edit too (migration `edits`). */
const RECORD_EDIT = 'etl.record_edit';

/** Database webhooks of Supabase: they send a message after the row is written and cannot touch it. */
const ONLY_TELLS: ReadonlySet<string> = new Set(['supabase_functions.http_request']);

/** One sentence each, consequence included. CHECK and unique constraints are not asked for: the server refuses a row itself, and names them. */
export function tableObstacles(name: string, table: Table, live: LiveTable): string[] {
  return [
    ...deniedFaults(name, live, ['USAGE', 'SELECT', 'INSERT', 'DELETE']),
    ...storageFaults(name, live),
    ...ruleFaults(name, live),
    ...triggerFaults(name, live, TRIGGER.insert | TRIGGER.delete),
    ...live.references.flatMap((reference) => referenceFaults(name, reference)),
    ...(table.edits === 'kept' ? editTriggerFaults(name, live) : []),
  ];
}

/** History only takes closed versions in. */
export function historyObstacles(name: string, live: LiveTable): string[] {
  return [
    ...deniedFaults(name, live, ['USAGE', 'INSERT']),
    ...storageFaults(name, live),
    ...ruleFaults(name, live),
    ...triggerFaults(name, live, TRIGGER.insert),
  ];
}

function deniedFaults(name: string, { denied }: LiveTable, needed: readonly string[]): string[] {
  const missing = needed.filter((right) => denied.includes(right));
  return missing.length === 0
    ? []
    : [`the database user may not ${missing.join(', ')} on ${name}, so no interval can be loaded`];
}

function storageFaults(name: string, live: LiveTable): string[] {
  const faults: string[] = [];
  if (live.hidesRows)
    faults.push(
      `row-level security of ${name} applies to the database user, so COPY is refused and a revision might not see the rows it has to replace`,
    );
  if (live.unlogged)
    faults.push(
      `${name} is unlogged, so a crash of the server would empty it while the ledger says that its intervals are loaded`,
    );
  if (!live.keyValid) faults.push(`the index of the primary key of ${name} is invalid, so a key could be stored twice`);
  if (live.kind === 'p' && live.children.length === 0)
    faults.push(`${name} is partitioned and has no partition, so every row would be refused`);
  if (live.kind === 'r' && live.children.length > 0)
    faults.push(
      `${live.children.join(', ')} inherits from ${name}, so rows that no load wrote are read and withdrawn as if they were its own`,
    );
  return faults;
}

function ruleFaults(name: string, { rules }: LiveTable): string[] {
  return rules.map(
    (rule) => `rule ${rule} rewrites what is written to ${name}, so other rows than the file's could be stored`,
  );
}

function triggerFaults(name: string, { triggers }: LiveTable, events: number): string[] {
  return triggers
    .filter(
      ({ enabled, type, runs }) => enabled && (type & events) !== 0 && runs !== RECORD_EDIT && !ONLY_TELLS.has(runs),
    )
    .map(
      (trigger) =>
        `trigger ${trigger.name} of ${name} runs ${trigger.runs} ${firing(trigger)}, so the numbers that are stored could differ from the file's`,
    );
}

/** `before insert, delete` */
function firing({ type }: LiveTrigger): string {
  const events = (['insert', 'update', 'delete'] as const).filter((event) => (type & TRIGGER[event]) !== 0);
  return `${(type & TRIGGER.before) === 0 ? 'after' : 'before'} ${events.join(', ')}`;
}

// A revised row is deleted and inserted again within one transaction.
function referenceFaults(name: string, { name: key, table, deferred, onDelete }: LiveReference): string[] {
  switch (onDelete) {
    case 'cascade':
      return [`foreign key ${key} of ${table} deletes rows there when a row of ${name} is replaced`];
    case 'set null':
    case 'set default':
      return [`foreign key ${key} of ${table} empties rows there (${onDelete}) when a row of ${name} is replaced`];
    case 'restrict':
      return [`foreign key ${key} of ${table} (restrict) refuses that a row of ${name} is replaced`];
    case 'no action':
      return deferred
        ? []
        : [`foreign key ${key} of ${table} is not initially deferred, so it refuses that a row of ${name} is replaced`];
  }
}

function editTriggerFaults(name: string, { triggers }: LiveTable): string[] {
  // The one before the statement only takes a lock.
  const edit = triggers.filter(({ runs, type }) => runs === RECORD_EDIT && (type & TRIGGER.row) !== 0);
  const lost = `so the next load would overwrite what people edit by hand`;
  if (edit.length === 0) return [`${name} has no trigger that runs ${RECORD_EDIT} for each row, ${lost}`];
  const wanted = TRIGGER.row | TRIGGER.before | TRIGGER.insert | TRIGGER.update | TRIGGER.delete;
  const whole = edit.filter(({ type, always }) => (type & wanted) === wanted && always);
  if (whole.length === 0)
    return [`trigger ${edit[0]?.name} of ${name} does not run before each insert, update and delete, ${lost}`];
  return whole.some(({ enabled }) => enabled) ? [] : [`trigger ${whole[0]?.name} of ${name} is disabled, ${lost}`];
}
