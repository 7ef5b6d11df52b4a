/** The page of planted faults against findings, as Markdown. */
import type { Finding } from '../../reports/model.ts';
import type { Planted } from './faults.ts';

export function foundTable(planted: readonly Planted[], found: ReadonlyMap<string, readonly Finding[]>): string {
  const missed = planted.filter(({ id }) => (found.get(id) ?? []).length === 0);
  const rows = planted.map(({ id, fault, dataset, year, again }) => {
    const checks = [...new Set((found.get(id) ?? []).map(({ check, severity }) => `\`${check}\` (${severity})`))];
    return `| ${fault} | ${dataset} ${year}${again ? ', loaded before' : ''} | ${checks.length === 0 ? '**nothing**' : checks.join('<br>')} |`;
  });
  return `# Planted faults against findings

Made by \`PENSTOCK_UPDATE_DOCS=1 npm run test:long -- planted-faults\`; the same test compares this page with what is found.

Each fault is planted in the recorded file of a real year. The other recorded years are in the database before, the faulty one is
loaded for the first time (or again, where it says so), and what is found in it beyond the findings of the untouched file counts.
${planted.length - missed.length} of ${planted.length} faults are found by the checks that the definitions have.

| fault | planted in | found by |
|---|---|---|
${rows.join('\n')}
`;
}
