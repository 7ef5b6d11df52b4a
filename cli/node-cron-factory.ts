/** Cron tasks of node-cron, in the dataset's zone; a time that was missed (a machine asleep) counts as one tick. */
import { schedule } from 'node-cron';
import type { Log } from '../core/effects.ts';
import type { CronFactory } from '../engine/schedule.ts';

export function nodeCron(log: Log): CronFactory {
  const text = (message: string | Error): string => (message instanceof Error ? message.message : message);
  const logger = {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.debug(message),
    error: (message: string | Error) => log.warn(text(message)),
    debug: (message: string | Error) => log.debug(text(message)),
  };
  return ({ name, expression, zone, tick }) => {
    const task = schedule(expression, tick, {
      name,
      timezone: zone,
      noOverlap: true,
      suppressMissedWarning: true,
      logger,
    });
    task.on('execution:missed', tick);
    return {
      next: () => task.getNextRun(),
      stop: async () => {
        await task.destroy();
      },
    };
  };
}
