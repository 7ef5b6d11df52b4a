/** URL templates: what is filled in, and what is refused before anything is asked. */
import { describe, expect, test } from 'vitest';
import { ALL_TIME, daily, hourly, monthly, snapshot, whole, yearly } from '../../core/partitions.ts';
import { fillUrl, urlTemplateFaults } from '../../core/url-template.ts';

const zone = 'Etc/GMT+5';
const base = 'https://example.org/';
const hour = { start: Date.parse('2025-01-01T04:00Z'), end: Date.parse('2025-01-01T05:00Z') };

describe('a right template', () => {
  test.each([
    [hourly({ from: 2024, zone }), 'r_{yyyy}{mm}{dd}{hh}.csv', 'r_2024123124.csv'],
    [daily({ from: 2024, zone }), '{yyyy}/{m}/{dd}', '2024/12/31'],
    [monthly({ from: 2024, zone }), '{yyyy}-{mm}.zip', '2024-12.zip'],
    [yearly({ from: 2024, zone }), '?b=0101{yyyy}&e=0101{yyyy+1}', '?b=01012024&e=01012025'],
    [whole(), 'all.csv', 'all.csv'],
    [snapshot(), 'now.json', 'now.json'],
  ])("of %j fills in the publisher's clock: %s", (partitions, template, filled) => {
    expect(urlTemplateFaults(base + template, partitions)).toEqual([]);
    expect(fillUrl(base + template, partitions, partitions.kind === 'whole' ? ALL_TIME : hour)).toBe(base + filled);
  });
});

describe('a wrong template', () => {
  const perYear = yearly({ from: 2024, zone });
  test.each([
    ['an unknown placeholder', `${base}{yyyy}{yy}`, perYear, /\{yy\} is not a placeholder/],
    ['a name that every object has', `${base}{yyyy}{constructor}`, perYear, /\{constructor\} is not a placeholder/],
    ['an empty placeholder', `${base}{yyyy}{}`, perYear, /\{\} is not a placeholder/],
    ['an open brace', `${base}{yyyy}{mm`, perYear, /brace/],
    ['a closing brace', `${base}{yyyy}}`, perYear, /brace/],
    ['no year', `${base}all.csv`, perYear, /need a placeholder for the year/],
    ['a month in a yearly file', `${base}{yyyy}{mm}`, perYear, /have no month/],
    [
      'a gap between year and day',
      `${base}{yyyy}{dd}`,
      daily({ from: 2024, zone }),
      /need a placeholder for the month/,
    ],
    ['a date in a whole file', `${base}{yyyy}`, whole(), /no date to fill in/],
    ['a placeholder in the host', 'https://{yyyy}.example.org/', perYear, /host without placeholders/],
    ['another protocol', 'file:///etc/passwd', whole(), /http/],
    ['no path', 'https://example.org', whole(), /http/],
  ])('%s', (_, template, partitions, fault) => {
    expect(urlTemplateFaults(template, partitions).join('\n')).toMatch(fault);
  });

  test('all faults are named at once', () => {
    expect(urlTemplateFaults('ftp://example.org/{foo}{', perYear)).toHaveLength(4);
  });
});
