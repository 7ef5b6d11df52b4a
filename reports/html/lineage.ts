/** Where the rows of a dataset come from: address, file by hash, SQL, table, in this order. */
import { filesOf } from '../files.ts';
import type { DatasetReport } from '../model.ts';
import { byteSize, clip, counted, instant } from '../words.ts';
import type { Detail } from './detail.ts';
import { fold, webLink } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

export function lineagePart({ lineage, intervals, table, rows }: DatasetReport, detail: Detail): Html {
  const artifacts = intervals.flatMap(({ artifact }) => filesOf(artifact));
  const newest = artifacts.toSorted((a, b) => (a.fetchedAt < b.fetchedAt ? 1 : -1))[0];
  return fold(
    'Lineage: address → file → SQL → table',
    false,
    markup`<ol class="chain">
<li><b>Address</b> ${webLink(clip(lineage.url, 600))}</li>
<li><b>File</b> ${
      newest === undefined
        ? 'none in this run'
        : markup`SHA-256 <code class="hash">${clip(newest.sha256, 64)}</code>, ${clip(lineage.format, 60)}, ${byteSize(newest.bytes)}, fetched ${instant(newest.fetchedAt)}${
            artifacts.length === 1 ? null : `; the newest of ${counted(artifacts.length, 'file')}, all under Artifacts`
          }`
    }</li>
<li><b>SQL</b> <code>${clip(lineage.transform, detail.text)}</code>, definition <code class="hash">${clip(lineage.definitionHash, 64)}</code></li>
<li><b>Table</b> <code>${clip(table, 200)}</code>, ${counted(rows.inserted, 'row')} new and ${counted(rows.revised, 'row')} revised by this run; each row names its load in <code>load_id</code></li>
</ol>
`,
  );
}
