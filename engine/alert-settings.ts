/** Where alerts go, from the environment. */
import { Fault } from '../core/errors.ts';
import type { AlertFormat } from '../reports/alerts/message.ts';
import { SEVERITIES, type Severity } from './alert-plan.ts';

export interface AlertSettings {
  /** A secret: whoever knows it can post. */
  readonly url: string;
  readonly format: AlertFormat;
  readonly minSeverity: Severity;
}

/** null where nobody is to be told. @throws Fault `ALERT_SETTINGS` */
export function alertSettings(env: Readonly<Record<string, string | undefined>>): AlertSettings | null {
  const url = env['PENSTOCK_ALERT_WEBHOOK'];
  if (url === undefined) return null;
  const host = URL.canParse(url) ? new URL(url).hostname : null;
  if (host === null || !/^https?:/i.test(url))
    throw wrong('PENSTOCK_ALERT_WEBHOOK', 'is not an http or https address', 'set it to the address of the webhook');
  const format = env['PENSTOCK_ALERT_FORMAT'] ?? (host === 'hooks.slack.com' ? 'slack' : 'json');
  if (format !== 'json' && format !== 'slack')
    throw wrong('PENSTOCK_ALERT_FORMAT', `is ${JSON.stringify(format.slice(0, 40))}`, 'set it to json or slack');
  const wanted = env['PENSTOCK_ALERT_MIN_SEVERITY'] ?? 'info';
  const minSeverity = SEVERITIES.find((severity) => severity === wanted);
  if (minSeverity === undefined)
    throw wrong(
      'PENSTOCK_ALERT_MIN_SEVERITY',
      `is ${JSON.stringify(wanted.slice(0, 40))}`,
      `set it to one of ${SEVERITIES.join(', ')}`,
    );
  return { url, format, minSeverity };
}

function wrong(name: string, what: string, next: string): Fault {
  return new Fault({
    code: 'ALERT_SETTINGS',
    kind: 'configuration',
    what: `${name} ${what}`,
    consequence: 'no alert is sent; they wait',
    next,
  });
}
