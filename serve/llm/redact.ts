/** Takes personal data out of text before a model or a log sees it; instants, measured numbers, versions of data and their ids stay. */

export interface Redacted {
  readonly text: string;
  /** How many of each kind were taken out. */
  readonly found: Readonly<Record<string, number>>;
}

const PASSES_MAX = 5;
const GAP = String.raw`[ .\-\u00a0\u2011\u2013]`;
const YEAR = '(?:1[89]|20|21)\\d\\d';
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12]\\d|3[01])';
const CLOCK = String.raw`\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?`;
const UNIT =
  '(?:[kMGT]?Wh?|MVA|MVAr|kV|Hz|kHz|CAD|USD|dollars|tonnes|tons|kt|Mt|kg|tCO2e?|CO2e?|km/h|m/s|W/m|°C|million|billion|homes|households|people|rows|hours|days|%|¢|\\$)';
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const HEX = '[0-9a-f]{1,4}';
const LOCAL = String.raw`[\p{L}\p{N}.!#$%&'*+/=?^_\u0060{|}~\-]`;

/** What looks like a number of a person and is none. */
const KEPT: readonly string[] = [
  // 2026-01-01, 2026-01-01T05:00:00Z, 2026-01
  `(?<![\\d-])${YEAR}-${MONTH}(?:-${DAY}(?:[T ]${CLOCK})?)?(?![\\d]|-\\d)`,
  // 20260101, 20260101T0500Z, 202601010500; ten digits are a telephone number
  `(?<!\\d)${YEAR}${MONTH}${DAY}(?:T\\d{2,6}Z?|\\d{4}|\\d{6})?(?!\\d)`,
  String.raw`(?<![\w:.])\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?![\d:])`,
  String.raw`(?<!\w)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?!\w)`,
  String.raw`(?<!\w)(?=\d*[a-f])[0-9a-f]{32,128}(?!\w)`,
  String.raw`(?<![\d.])(?:\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?[ \u00a0]?${UNIT}(?![\p{L}\d])`,
  String.raw`(?:\$|CAD|USD) ?\d[\d,]*(?:\.\d+)?(?![\d-])`,
  String.raw`(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])`,
  String.raw`(?<![\d.])\d+\.\d+(?!\d|\.\d)`,
  // Seconds and milliseconds since 1970.
  String.raw`(?<![\d.])1(?:\d{9}|\d{12})(?!\d)`,
];

// Before everything else: a number in front of an address would take its first digits along.
const EMAIL = new RegExp(
  [
    `(?:(?<!${LOCAL})${LOCAL}+|"[^"\\n]{1,64}")(?:@|\uff20|%40)[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)*`,
    String.raw`(?<![\w.])[\w.+-]{1,64} ?[[(] ?at ?[\])] ?[\w-]{1,63}(?: ?(?:[[(] ?dot ?[\])]|\.) ?[\w-]{2,63}){1,4}`,
  ].join('|'),
  'giu',
);

const KINDS: readonly (readonly [string, string])[] = [
  ['secret', String.raw`(?<!\w)(?:sk|pk|rk|ghp|gho|xox[abp]|glpat)[-_][\w-]{16,}`],
  ['secret', String.raw`(?<!\w)eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*`],
  ['keep', KEPT.join('|')],
  ['ip', `(?<![\\d.])(?:${OCTET}\\.){3}${OCTET}(?!\\d|\\.\\d)`],
  ['ip', `(?<![\\w:])(?:${HEX}:){7}${HEX}(?![\\w:])`],
  [
    'ip',
    `(?<![\\w:])(?=:{0,2}[0-9a-f])(?:${HEX}(?::${HEX}){0,6})?::(?:${HEX}(?::${HEX}){0,6}(?:\\.\\d{1,3}){0,3})?(?![\\w:])`,
  ],
  ['telephone', String.raw`(?<![\d+])(?:\+|00)\d(?:[ .\-()\u00a0\u2011\u2013/]{0,3}\d){6,14}(?!\d)`],
  [
    'telephone',
    `(?<![\\d.])(?:1${GAP}?)?(?:\\( ?[2-9]\\d{2} ?\\)${GAP}?|[2-9]\\d{2}${GAP}?)[2-9]\\d{2}${GAP}?\\d{4}(?!\\d)`,
  ],
  ['telephone', `(?<=\\b(?:tel|phone|call|cell|mobile|fax)\\b[^\\d\\n]{0,12})\\d{3}${GAP}?\\d{4}(?!\\d)`],
  ['card', String.raw`(?<!\d)(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]\d{5})(?!\d)`],
  ['sin', String.raw`(?<![\d-])\d{3}[- ]\d{3}[- ]\d{3}(?![\d-])`],
  [
    'account',
    String.raw`(?<=\b(?:(?:account|acct|sin|card|licen[cs]e|passport|policy|meter|customer|client) ?(?:id|no\.?|number|num|#|:){1,2} ?|(?:account|acct|sin) ))\d[\d -]{3,18}\d`,
  ],
  ['account', String.raw`(?<![\d.,])\d{9,}(?!\d|[.,]\d)`],
  ['postal_code', String.raw`(?<!\w)[abceghj-nprstvxy]\d[abceghj-nprstv-z][ -]?\d[abceghj-nprstv-z]\d(?!\w)`],
];

const PERSONAL = new RegExp(KINDS.map(([, pattern]) => `(${pattern})`).join('|'), 'giu');

// Capitals tell a street's name from "500 MW way above", so this one minds them.
const STREET =
  '(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Crescent|Cres|Place|Pl|Terrace|Highway|Hwy|Trail|Circle|Parkway|Pkwy)';
const ADDRESS = new RegExp(
  [
    String.raw`(?<![\d.,-])\d{1,6}[A-Z]?(?:-\d{1,6})? (?:\p{Lu}[\p{L}'’.-]{0,30} ){1,4}${STREET}\b\.?`,
    String.raw`(?<![\d.,-])\d{1,6},? (?:rue|avenue|boulevard|chemin|place) (?:(?:de|du|des|la|le|les|d'|l') ?){0,2}\p{Lu}[\p{L}'’-]{0,40}(?: \p{Lu}[\p{L}'’-]{0,40}){0,3}`,
    String.raw`\bP\.? ?O\.? Box \d{1,6}\b`,
  ].join('|'),
  'gu',
);

/** Linear in the length of the text: no pattern starts in the middle of what it could have begun. */
export function redactPersonal(text: string): Redacted {
  // Characters without a width would hide a word from every pattern.
  let clean = text.replaceAll(/\p{Cf}/gu, '');
  let found: Record<string, number> = {};
  // What was taken out may have kept its neighbour from being seen.
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const once = onePass(clean);
    if (Object.keys(once.found).length === 0) break;
    clean = once.text;
    found = addFound(found, once.found);
  }
  return { text: clean, found };
}

function onePass(text: string): Redacted {
  const found: Record<string, number> = {};
  const out = (kind: string): string => {
    found[kind] = (found[kind] ?? 0) + 1;
    return `[redacted:${kind}]`;
  };
  const clean = text
    .replaceAll(EMAIL, () => out('email'))
    .replaceAll(ADDRESS, () => out('address'))
    .replaceAll(PERSONAL, (match: string, ...groups: unknown[]) => {
      const kind = KINDS[groups.findIndex((group) => group !== undefined)]?.[0] ?? 'keep';
      const sort = sortOf(kind, match);
      return sort === null ? match : out(sort);
    });
  return { text: clean, found };
}

/** Several texts, counted together. */
export function addFound(...all: readonly Redacted['found'][]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const found of all) for (const [kind, n] of Object.entries(found)) sum[kind] = (sum[kind] ?? 0) + n;
  return sum;
}

/** null: it stays. */
function sortOf(kind: string, match: string): string | null {
  if (kind === 'keep') return null;
  const digits = match.replaceAll(/\D/g, '');
  // Four years in a row are sixteen digits, too.
  if (kind === 'card') return isLuhn(digits) && !/^(?:(?:19|20)\d\d[ -]?){4}$/.test(match) ? 'card' : null;
  // 123 456 789 may be a number in groups; with dashes it is none.
  if (kind === 'sin') return match.includes('-') || isLuhn(digits) ? 'sin' : null;
  if (kind === 'account' && digits.length === 9 && isLuhn(digits)) return 'sin';
  if (kind === 'account' && digits.length >= 13 && digits.length <= 19 && isLuhn(digits)) return 'card';
  return kind;
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighed = i % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
