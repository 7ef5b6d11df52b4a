/** `db audit`: how the database differs from what the repository says. */
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { asFault, Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

interface AuditCommandOptions extends CommonOptions {
  readonly html?: string;
  readonly shadowUrl?: string;
  readonly repair?: boolean;
}

/** Design §7: something was found. */
const FOUND = 4;
/** Narrower than this the table cannot be read; wider lines are not. */
const WIDTH = { least: 60, most: 160, elsewhere: 120 };

export function auditCommand(group: Command, context: () => Context): void {
  const command = group
    .command('audit')
    .description('how the database differs from what the migrations say; exit 4 when it does; changes nothing')
    .option(
      '--shadow-url <url>',
      'a throw-away server of the same major version, where an empty database is made and dropped (default: PENSTOCK_SHADOW_URL)',
    )
    .option('--html <file>', 'write the report as a page too')
    .option('--repair', 'print only the DDL that would mend what was found; it is never run')
    .addHelpText(
      'after',
      `
The migrations are replayed into an empty database: on the embedded server (PostgreSQL 18), or for another version on that of --shadow-url.
It may be the same server: a database of its own is made there and dropped.

Examples:
  penstock db audit
  penstock db audit --html audit.html
  penstock db audit --repair > repair.sql`,
    );
  common(command, ['database']);
  act<AuditCommandOptions>(command, context, async (_words, options, settings) => {
    const { machineClock } = await import('../clock.ts');
    const { openLog } = await import('../database.ts');
    const { connect } = await import('../../loaders/postgres/connect.ts');
    const { audit, openShadow } = await import('../../engine/audit.ts');
    const { auditPage } = await import('../../reports/audit/html.ts');
    const { auditText } = await import('../../reports/audit/text.ts');
    const { repairText } = await import('../../reports/audit/repair.ts');
    const { dataDir, databaseUrl } = settings;
    if (options.html !== undefined)
      await inPage(options.html, () => access(dirname(options.html ?? ''), constants.W_OK));
    const log = openLog(settings, context());
    const connected = await connect({
      dataDir,
      log,
      applicationName: 'penstock audit',
      ...(databaseUrl !== null && { databaseUrl }),
    }).catch((error: unknown) => {
      throw cannotJudge(error);
    });
    try {
      const report = await audit({
        db: connected.pool,
        database: connected.pool.name,
        server: connected.describe.replace(/^PostgreSQL | at .*$/g, ''),
        shadow: (major) =>
          openShadow(major, { dataDir, url: options.shadowUrl ?? context().env['PENSTOCK_SHADOW_URL'] ?? null, log }),
        clock: machineClock,
      });
      const { html } = options;
      if (html !== undefined) await inPage(html, () => writeFile(html, auditPage(report)));
      const width = Math.min(Math.max(process.stdout.columns ?? WIDTH.elsewhere, WIDTH.least), WIDTH.most);
      await context().output.result(report, () =>
        options.repair === true ? repairText(report) : auditText(report, { width }),
      );
      return report.findings.length === 0 ? 0 : FOUND;
    } catch (error) {
      throw cannotJudge(error);
    } finally {
      await connected.close();
    }
  });
}

/** Exit 2 is for intervals; an audit that cannot judge is 1, whatever stopped it. */
function cannotJudge(error: unknown): Fault {
  const { code, kind, what, where, consequence, next } = asFault(error, 'configuration');
  return new Fault({
    code,
    kind: kind === 'usage' ? kind : 'configuration',
    what,
    consequence: consequence ?? 'nothing was judged',
    ...(where !== undefined && { where }),
    ...(next !== undefined && { next }),
    cause: error,
  });
}

/** Asked before the audit as well: it takes a while, and would be for nothing. */
async function inPage(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new Fault({
      code: 'AUDIT_PAGE_NOT_WRITTEN',
      kind: 'usage',
      what: `the page cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: file,
      consequence: 'nothing was judged',
      next: 'name a file in a folder that exists and that you may write to',
      cause,
    });
  }
}
