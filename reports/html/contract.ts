/** The contract of a table, and what the files of this run have that earlier ones had not, or lack. */
import type { DatasetReport } from '../model.ts';
import { clip, count, counted } from '../words.ts';
import type { Detail } from './detail.ts';
import { dataTable, fold, more } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

export function contractPart({ id, table, contract, schemaChanges }: DatasetReport, detail: Detail): Html | null {
  if (contract.length === 0 && schemaChanges.length === 0) return null;
  const columns = contract.slice(0, detail.columns);
  const changes = schemaChanges.slice(0, Math.max(detail.columns, 1));
  const drift = schemaChanges.length === 0 ? 'no change of the files seen' : counted(schemaChanges.length, 'change');
  return fold(
    markup`Schema: ${counted(contract.length, 'column')} of <code>${clip(table, 200)}</code>, ${drift}`,
    schemaChanges.length > 0,
    markup`${
      changes.length === 0
        ? null
        : dataTable({
            caption: `Changes in the files of ${clip(id, 200)}, against those of earlier loads`,
            columns: [{ name: 'Interval' }, { name: 'Column' }, { name: 'Change', kind: 'fixed' }],
            rows: changes.map((change) => [
              clip(change.interval, 120),
              markup`<code>${clip(change.column, detail.text)}</code>`,
              change.change,
            ]),
          })
    }${more(schemaChanges.length - changes.length, 'change')}${
      columns.length === 0
        ? null
        : dataTable({
            caption: `Contract of ${clip(table, 200)}`,
            columns: [
              { name: 'Column' },
              { name: 'Type', kind: 'fixed' },
              { name: 'Unit', kind: 'fixed' },
              { name: 'Required', kind: 'fixed' },
              { name: 'Meaning', kind: 'wide' },
            ],
            rows: columns.map((column) => [
              markup`<code>${clip(column.name, 120)}</code>`,
              clip(column.type, 120),
              column.unit === null ? '–' : clip(column.unit, 60),
              column.key ? 'key' : column.required ? 'yes' : 'no',
              `${clip(column.doc, detail.text)}${column.sensitive ? ' Sensitive: masked in reports.' : ''}`,
            ]),
          })
    }${columns.length === 0 && contract.length > 0 ? markup`<p class="note">The ${count(contract.length)} columns are in report.json.</p>` : more(contract.length - columns.length, 'column')}`,
  );
}
