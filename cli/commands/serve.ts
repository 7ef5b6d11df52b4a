/** `serve`: the API, the reports and the review over HTTP, until a signal comes. */
import type { Command } from 'commander';
import { Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';

interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
}

export function serveCommand(program: Command, context: () => Context): void {
  const command = program
    .command('serve')
    .description('REST, streams, help and reports over HTTP, until SIGTERM or Ctrl-C')
    .option('--port <n>', 'where to listen; 0 for any that is free', wholeNumber(0, 65_535), 8_080)
    .option('--host <name>', 'address to listen on; other machines reach it only with another one', '127.0.0.1')
    .addHelpText(
      'after',
      `
Open http://127.0.0.1:8080/reports. Everybody who reaches it may read; decisions need PENSTOCK_ADMIN_KEY where it is set, and it must be
set for a --host other than this machine.`,
    );
  common(command, ['database', 'definitions']);
  act<ServeOptions>(command, context, async (_words, { port, host }, settings) => {
    const { isLoopback } = await import('../../serve/security.ts');
    const current = context();
    const adminKey = current.env['PENSTOCK_ADMIN_KEY'] ?? null;
    if (adminKey === null && !isLoopback(host)) throw keyNeeded(host);
    const { openCatalog } = await import('../catalog.ts');
    const catalog = await openCatalog(settings);
    const { openDatabase, openLog } = await import('../database.ts');
    const { openServeApp } = await import('../serve-app.ts');
    const { listen } = await import('../../serve/listen.ts');
    const log = openLog(settings, current);
    const database = await openDatabase(settings, log);
    try {
      const app = await openServeApp({
        connected: database,
        catalog,
        dataDir: settings.dataDir,
        adminKey,
        env: current.env,
        log,
      });
      let url = '';
      const requests = await listen(app, {
        host,
        port,
        signal: current.signal,
        listening: (address) => {
          url = address;
          log.info(`listening on ${address}, see ${address}/openapi.json and ${address}/reports; Ctrl-C ends it`);
        },
      });
      current.signalIsNormalEnd = true;
      await current.output.result({ url, requests }, () => '');
      return 0;
    } finally {
      await database.close();
    }
  });
}

function keyNeeded(host: string): Fault {
  return new Fault({
    code: 'ADMIN_KEY_MISSING',
    kind: 'configuration',
    what: `other machines would reach --host ${host}, and PENSTOCK_ADMIN_KEY is not set`,
    consequence: 'nothing was served: everybody there could decide about findings',
    next: 'set PENSTOCK_ADMIN_KEY to a long random text (openssl rand -hex 24), or leave --host out',
  });
}
