/** All runs, newest first, each with its report; and the way to the review. */
import type { IndexLine } from '../../reports/index-lines.ts';
import { runsTable } from '../../reports/index-page.ts';
import type { Html } from '../../reports/html/template.ts';
import { markup } from '../../reports/html/template.ts';
import { frame } from './frame.ts';

export function runsPage(lines: readonly IndexLine[]): Html {
  return frame(
    'Runs',
    'runs',
    markup`<h1>Runs</h1>
<p>What was found and what was decided about it: <a href="/reports/review">review</a>.</p>
<div class="index">${lines.length === 0 ? markup`<p class="note">No runs yet. <code>npm run pipeline</code> makes one.</p>` : runsTable(lines, '/reports/')}</div>
`,
  );
}
