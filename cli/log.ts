/** Log lines on stderr: coloured on a terminal, `HH:MM:SS level message` (UTC) elsewhere. */
import { stderr } from 'node:process';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Log } from '../core/effects.ts';
import { redact } from '../core/errors.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Where lines go; the progress bars take it over while they are shown. */
export interface Screen {
  write(text: string): void;
}

export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

export function createLog(options: { readonly level: Level; readonly colour: boolean; readonly screen: Screen }): Log {
  const { level, colour, screen } = options;
  const pretty = prettyFactory({ colorize: colour, translateTime: 'UTC:HH:MM:ss', ignore: 'pid,hostname' });
  const format = stderr.isTTY ? pretty : plain;
  const logger = pino({ level, base: null }, { write: (line: string) => screen.write(format(line)) });
  const at =
    (name: Level) =>
    (message: string): void =>
      logger[name](redact(message));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function plain(line: string): string {
  const { time, level, msg } = JSON.parse(line) as {
    readonly time: number;
    readonly level: number;
    readonly msg: string;
  };
  return `${new Date(time).toISOString().slice(11, 19)} ${pino.levels.labels[level] ?? level} ${msg}\n`;
}

/** The level that `LOG_LEVEL` and `--quiet` ask for; a word that is no level counts as `info`. */
export function levelOf(word: string | undefined, quiet: boolean): Level {
  const level = LEVELS.find((known) => known === word?.toLowerCase()) ?? 'info';
  return quiet && level !== 'error' ? 'warn' : level;
}
