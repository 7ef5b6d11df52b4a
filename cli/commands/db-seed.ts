/** `db seed`: loads the files of the project (reference data, help texts) and says what it left as people made it. */
import process from 'node:process';
import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import { Fault } from '../../core/errors.ts';
import { isLocal } from '../../core/local.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { act, type Context } from '../context.ts';
import { changelogOption, type ChangelogOptions, common, jobs } from '../options.ts';

interface SeedOptions extends ChangelogOptions {
  readonly jobs: number;
}

export function seedCommand(group: Command, context: () => Context): void {
  const command = group
    .command('seed')
    .argument('[id...]', 'datasets of local files; all of them when none is given')
    .description('load reference data and help texts from data/; rows that people edited stay and are listed')
    .addHelpText(
      'after',
      `
A second time changes nothing. "run" loads these datasets, too.

Examples:
  penstock db seed
  penstock db seed local-help-content --json`,
    );
  common(jobs(changelogOption(command)), ['database', 'definitions']);
  act<SeedOptions>(command, context, async (words, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const catalog = await openCatalog(settings);
    const ids = localIds(catalog, words);
    const { seedAndReport } = await import('../seed.ts');
    return seedAndReport(settings, context(), catalog, { ids, jobs: options.jobs, changelog: options.changelog });
  });
}

/** @throws Fault `SEED_UNKNOWN` with the nearest id, `SEED_NOTHING` */
function localIds({ pipelines, root }: Catalog, words: readonly string[]): string[] {
  const local = pipelines.filter(({ extract }) => isLocal(extract.url)).map(({ id }) => id);
  if (local.length === 0) {
    throw new Fault({
      code: 'SEED_NOTHING',
      kind: 'configuration',
      what: 'no definition reads a local file',
      where: process.cwd() === root ? root : `${root}/pipelines`,
      consequence: 'nothing was loaded',
      next: 'give the right folder with --pipelines, or write a definition whose extract.url begins with local://',
    });
  }
  const unknown = words.filter((word) => !local.includes(word));
  if (unknown.length === 0) return words.length === 0 ? local : [...words];
  throw new Fault({
    code: 'SEED_UNKNOWN',
    kind: 'usage',
    what: unknown
      .map((word) => {
        const shown = JSON.stringify(word.slice(0, 80));
        return pipelines.some(({ id }) => id === word)
          ? `${shown} does not read a local file`
          : `there is no dataset ${shown}; did you mean ${closest(word, local)}?`;
      })
      .join('; '),
    consequence: 'nothing was loaded',
    next: 'penstock db seed loads all of them; other datasets: penstock run',
  });
}
