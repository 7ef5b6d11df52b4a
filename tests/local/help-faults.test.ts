/** What the gate "help files" finds: every fault of every file at once, with file and line. */
import { describe, expect, test } from 'vitest';
import { readHelpFiles } from '../../data/help/check.ts';
import { faultLines, helpFaults } from '../../data/help/faults.ts';
import type { HelpFile } from '../../data/help/front-matter.ts';
import { HELP_FOLDER, helpFile } from './help-world.ts';

const shipped = await readHelpFiles(HELP_FOLDER);

/** The faults of one file that stands beside those that ship. */
function faultsOf(file: HelpFile): string[] {
  return faultLines(helpFaults([...shipped.filter(({ name }) => name !== file.name), file]));
}

test('the files that ship have no fault', () => {
  expect(shipped.length).toBeGreaterThanOrEqual(30);
  expect(faultLines(helpFaults(shipped))).toEqual([]);
});

test.each(shipped.map(({ name, text }) => [name, text]))(
  '%s has 80 to 250 words and no number of its own day',
  (_name, text) => {
    const body = text.slice(text.indexOf('\n---\n') + 5);
    const count = body.split(/\s+/).filter((word) => word !== '').length;
    expect(count).toBeGreaterThanOrEqual(80);
    expect(count).toBeLessThanOrEqual(250);
    // A figure with a unit of power, energy or price would be a measurement that grows old; 1 MW and 0.002 MW are examples.
    expect(body.match(/(?<![\d.,])\d{2,}[\d,.]*\s?(MW|MWh|GWh|CAD)\b/g)).toBeNull();
  },
);

describe('a file is refused', () => {
  const id = 'page.test';
  const cases: readonly (readonly [string, HelpFile, readonly RegExp[]])[] = [
    ['without id', helpFile(id, { id: null }), [/^page\.test\.md:1: there is no id$/]],
    ['with an empty id', helpFile(id, { id: '' }), [/^page\.test\.md:2: there is no id$/]],
    [
      'with an id of another form',
      helpFile(id, { id: 'Page Test' }),
      [/:2: the id "Page Test" must be lower-case words joined by dots/],
    ],
    [
      'whose name is not its id',
      { ...helpFile(id), name: 'other.md' },
      [/^other\.md:2: the id is page\.test, so the file must be page\.test\.md$/],
    ],
    [
      'whose id another file has',
      helpFile(id, { id: 'page.trends' }),
      [
        /^page\.test\.md:2: the id is page\.trends, so/,
        /^page\.test\.md:2: the id page\.trends is also the id of page\.trends\.md/,
        /^page\.trends\.md:2: the id page\.trends is also the id of page\.test\.md/,
      ],
    ],
    [
      'with a # as source',
      helpFile(id, { sources: '[{ name: Docs, url: "#" }]' }),
      [/:6: sources: "#" is no https address/],
    ],
    [
      'with a source that is not https',
      helpFile(id, { sources: '[{ name: Docs, url: http://a.example/ }]' }),
      [/:6: sources: "http:\/\/a\.example\/" is no https address/],
    ],
    [
      'with a source without name',
      helpFile(id, { sources: '[{ url: https://a.example/ }]' }),
      [/:6: sources: "https:\/\/a\.example\/" has no name/],
    ],
    ['with sources that are no list', helpFile(id, { sources: 'https://a.example/' }), [/:6: sources must be a list/]],
    [
      'with a # link in the text',
      helpFile(id, {}, 'One line.\n\nSee [more](#).'),
      [/^page\.test\.md:13: links to "#", which is no https address$/],
    ],
    ['with a relative link', helpFile(id, {}, '- a\n- see [more](page.trends)'), [/:12: links to "page\.trends"/]],
    ['with a link that runs code', helpFile(id, {}, '[x](java&#115;cript:alert(1))'), [/:11: links to "java/]],
    ['with an http link', helpFile(id, {}, 'Bare: http://a.example/x'), [/:11: links to "http:\/\/a\.example\/x"/]],
    ['with a mail address', helpFile(id, {}, 'Ask a@b.example.'), [/:11: links to "mailto:a@b\.example"/]],
    [
      'with a picture from nowhere',
      helpFile(id, {}, '| a |\n|---|\n| ![x](data:image/png;base64,AAAA) |'),
      [/:13: links to "data:/],
    ],
    [
      'with a link whose address stands elsewhere',
      helpFile(id, {}, 'See [x][y].\n\n[y]: https://a.example/'),
      [/:13: names a link apart from its place/],
    ],
    ['with HTML', helpFile(id, {}, 'Text\n\n<script>alert(1)</script>'), [/^page\.test\.md:13: holds HTML: "<script>/]],
    ['with HTML in its tooltip', helpFile(id, { short_text: 'A <b>bold</b> word.' }), [/:4: holds HTML: "<b>bold/]],
    [
      'with a tooltip of 160 characters',
      helpFile(id, { short_text: 'x'.repeat(160) }),
      [/:4: short_text has 160 characters and must have fewer than 160/],
    ],
    [
      'with a day that does not exist',
      helpFile(id, { last_updated: '2026-02-30' }),
      [/:7: last_updated must be a day such as 2026-11-22, not "2026-02-30"/],
    ],
    ['with a tag that is no word', helpFile(id, { tags: '[Two Words]' }), [/:5: tags: "Two Words" is not allowed/]],
    ['with a field that nobody knows', helpFile(id, { status: 'healthy' }), [/:9: the field status is not known/]],
    [
      'with a claim of uptime',
      helpFile(id, {}, 'We reach 99.9 % every day.'),
      [/:11: claims a state that nobody measured: "99\.9"/],
    ],
    [
      'with a guarantee',
      helpFile(id, { short_text: 'Real-time guaranteed.' }),
      [/:4: claims a state that nobody measured: "guaranteed"/],
    ],
    ['with a claim of health', helpFile(id, {}, 'All systems are operational.'), [/:11: claims a state/]],
    ['without text', helpFile(id, {}, ''), [/there is no text below the front matter/]],
    ['without front matter', { name: `${id}.md`, text: 'Only text.' }, [/^page\.test\.md:1: there is no front matter/]],
    [
      'whose front matter does not end',
      { name: `${id}.md`, text: '---\nid: page.test\n' },
      [/:1: the front matter has no end/],
    ],
    ['whose front matter is no YAML', helpFile(id, { title: '[unclosed' }), [/:\d+: the front matter is not YAML/]],
    [
      'with a field twice',
      helpFile(id, { author: 'A\nauthor: B' }),
      [/:9: the front matter is not YAML: Map keys must be unique/],
    ],
    [
      'with an alias that is an id',
      helpFile(id, { aliases: '[page.trends]' }),
      [/:9: the alias page\.trends is the id of a text/],
    ],
    [
      'with an alias of another text',
      helpFile(id, { aliases: '[tab.trends]' }),
      [/^page\.test\.md:9: the alias tab\.trends is also in page\.trends\.md/],
    ],
    [
      'with an alias and no id for it',
      helpFile(id, { id: null, aliases: '[tab.test]' }),
      [/:1: there is no id/, /:8: the alias tab\.test stands for no id/],
    ],
    [
      'about privacy that nobody has to review',
      helpFile('page.privacy'),
      [/^page\.privacy\.md:2: page\.privacy is a text that people must review: add curation: required/],
    ],
    [
      'that nobody has reviewed, without telling the reader',
      helpFile('page.legal-terms', { curation: 'required' }),
      [/^page\.legal-terms\.md:4: nobody has reviewed it, so short_text must say "not yet reviewed"/],
    ],
    [
      'that is reviewed and still says that it is not',
      helpFile('page.privacy', { short_text: 'Draft, not yet reviewed.', curation: 'reviewed by A. B. on 2026-11-22' }),
      [/:9: it is reviewed, and still tells the reader that it is not/],
    ],
    [
      'with a review that names nobody',
      helpFile('page.privacy', { curation: 'reviewed' }),
      [/:9: curation must be "required" or "reviewed by <name> on <date>"/],
    ],
  ];
  test.each(cases)('%s', (_what, file, expected) => {
    const found = faultsOf(file);
    expect(found).toHaveLength(expected.length);
    for (const pattern of expected)
      expect(
        found.some((line) => pattern.test(line)),
        `${String(pattern)} in\n${found.join('\n')}`,
      ).toBe(true);
  });
});

test('a file of the right form has no fault, also with CRLF, tables, code and a review', () => {
  expect(faultsOf(helpFile('page.test'))).toEqual([]);
  expect(faultsOf(helpFile('page.privacy', { curation: 'reviewed by A. Reader on 2026-11-22' }))).toEqual([]);
  const { name, text } = helpFile(
    'page.test',
    {},
    '## Units\n\n| a | b |\n|---|---|\n| `1 < 2` | https://a.example/ |',
  );
  expect(faultsOf({ name, text: text.replaceAll('\n', '\r\n') })).toEqual([]);
});

test('a required id and a required other name that are missing are named', () => {
  const without = shipped.filter(({ name }) => name !== 'page.security.md' && name !== 'tab.home.md');
  expect(faultLines(helpFaults(without))).toEqual([
    'page.security.md:1: the front end asks for this id, and no file has it',
    'page.security.md:1: the front end asks for it as tab.security too: add it to aliases',
    'tab.home.md:1: the front end asks for this id, and no file has it',
  ]);
});

test('all faults of all files come at once, in the order of files and lines', () => {
  const files = [
    ...shipped,
    helpFile('page.b', { id: null, short_text: 'x'.repeat(200) }, 'See [x](#) and\n<b>that</b>.'),
    helpFile('page.a', { sources: '[{ name: Docs, url: "#" }]' }),
  ];
  expect(faultLines(helpFaults(files))).toEqual([
    'page.a.md:6: sources: "#" is no https address',
    'page.b.md:1: there is no id',
    'page.b.md:3: short_text has 200 characters and must have fewer than 160',
    'page.b.md:10: links to "#", which is no https address',
    'page.b.md:11: holds HTML: "<b>that</b>."',
  ]);
});
