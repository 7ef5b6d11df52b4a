/** Commands in messages are named as the reader can type them: `penstock run` where the program is installed, `npm run pipeline -- run` in the checkout. */

const COMMAND =
  /\bpenstock (?=(?:run|plan|backfill|gaps|replay|list|show|lint|new|quarantine|report|inspect|health|alerts|schedule|db|query|doctor|help)\b|--)/g;

/** @param script name of the npm script that started us (`npm_lifecycle_event`); undefined when none did */
export function asTyped(text: string, script: string | undefined): string {
  if (script !== 'pipeline') return text;
  // In $(…) npm's own first lines would become part of the answer.
  return text.replaceAll('$(penstock ', '$(npm run --silent pipeline -- ').replaceAll(COMMAND, 'npm run pipeline -- ');
}
