/** `help history`: the versions of a help text, newest first. */
import type { Database } from '../core/effects.ts';
import { instant, visible } from '../reports/words.ts';
import { helpHistory, type HelpVersion } from '../serve/help/history.ts';
import { isHelpId } from '../serve/help/read.ts';
import { storedTexts } from '../serve/help/texts.ts';
import { diffLines } from './help-diff.ts';
import { helpIdUnknown } from './help-export.ts';
import { renderTable } from './table.ts';

/** @throws Fault `HELP_TEXT_UNKNOWN` */
export async function historyOf(db: Database, id: string, limit: number): Promise<HelpVersion[]> {
  const versions = isHelpId(id) ? await helpHistory(db, id, limit) : [];
  if (versions.length === 0) throw helpIdUnknown([id], await storedTexts(db));
  return versions;
}

/** @param differences whether each version is followed by what it changed */
export function helpHistoryText(versions: readonly HelpVersion[], differences: boolean): string {
  const table = renderTable(
    [
      { name: 'version', right: true },
      { name: 'when' },
      { name: 'how' },
      { name: 'by' },
      { name: 'author' },
      { name: 'changed' },
    ],
    versions.map((one, at) => [
      one.version,
      instant(one.known_at),
      one.how,
      one.by ?? '',
      one.author ?? '',
      changeText(one, versions[at + 1]),
    ]),
  );
  if (!differences) return table;
  const shown = versions.flatMap(({ version, file }, at) => {
    const before = versions[at + 1];
    // What the oldest one changed is not shown: it may not be the first.
    return before === undefined
      ? []
      : ['', `version ${version}:`, ...diffLines(before.file ?? '', file ?? '').map(visible)];
  });
  return [table, ...shown].join('\n');
}

function changeText({ file, changed }: HelpVersion, before: HelpVersion | undefined): string {
  if (file === null) return 'taken away';
  return before === undefined || before.file === null ? 'the text' : changed.join(', ');
}
