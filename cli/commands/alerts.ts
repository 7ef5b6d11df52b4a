/** `alerts`: changes of state that wait to be told, and another try to tell them. */
import type { Command } from 'commander';
import { Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';

interface ListOptions extends CommonOptions {
  readonly limit: number;
}

/** A receiver did not take a message, as an interval that fails. */
const NOT_TAKEN = 2;

export function alertsCommand(program: Command, context: () => Context): void {
  const group = program.command('alerts').description('changes of state that wait to be told: list, send');
  listCommand(group, context);
  sendCommand(group, context);
}

function listCommand(group: Command, context: () => Context): void {
  const command = group
    .command('list')
    .description('what waits, the oldest first, with the reason where it was tried')
    .option('--limit <n>', 'most alerts', wholeNumber(1, 10_000), 100);
  common(command, ['database']);
  act<ListOptions>(command, context, async (_words, { limit }, settings) => {
    const { openDatabase, openLog } = await import('../database.ts');
    const { waitingAlerts } = await import('../../loaders/postgres/alert-queue.ts');
    const { alertsText, alertDocument } = await import('../alerts-text.ts');
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      const waiting = await waitingAlerts(database.pool, limit);
      await context().output.result(waiting.map(alertDocument), () => alertsText(waiting));
      return 0;
    } finally {
      await database.close();
    }
  });
}

function sendCommand(group: Command, context: () => Context): void {
  const command = group
    .command('send')
    .description('send what waits to PENSTOCK_ALERT_WEBHOOK now; exit 2 when the receiver does not take it')
    .addHelpText(
      'after',
      `
A live run does the same at its end. Of a source that changed several times only the last state is sent, more than ten changes
end in one summary, and what is older than three days is no news any more.`,
    );
  common(command, ['database']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { alertSettings } = await import('../../engine/alert-settings.ts');
    const { deliverAlerts } = await import('../../engine/alerts.ts');
    const { machineClock: clock } = await import('../clock.ts');
    const { openDatabase, openLog } = await import('../database.ts');
    const { openPoster } = await import('../open.ts');
    const { packageVersion } = await import('../shipped.ts');
    const { readContentKind } = await import('../../loaders/postgres/ledger.ts');
    const { env, output, signal } = context();
    const receiver = alertSettings(env);
    const poster = await openPoster(env, packageVersion());
    if (receiver === null || poster === null) throw nobody();
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      if ((await readContentKind(database.pool)) === 'samples') throw ofSamples(database.pool.name);
      const done = await deliverAlerts({ pool: database.pool, poster, clock }, receiver, signal);
      const { sent, waiting, error } = done;
      await output.result(done, () =>
        [`${sent} sent, ${waiting} waiting`, ...(error === null ? [] : [error])].join('\n'),
      );
      return error === null ? 0 : NOT_TAKEN;
    } finally {
      await Promise.all([poster.close(), database.close()]);
    }
  });
}

function nobody(): Fault {
  return new Fault({
    code: 'ALERT_SETTINGS',
    kind: 'configuration',
    what: 'PENSTOCK_ALERT_WEBHOOK is not set, so nobody is to be told',
    consequence: 'nothing was sent',
    next: 'set it (.env.example says how), then: penstock alerts send',
  });
}

function ofSamples(where: string): Fault {
  return new Fault({
    code: 'ALERTS_OF_SAMPLES',
    kind: 'usage',
    what: 'this database holds generated samples, and an alert about them would be a false alarm',
    where,
    consequence: 'nothing was sent',
    next: 'leave out --samples, or use another --data-dir or --database-url',
  });
}
