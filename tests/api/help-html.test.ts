/** Markdown of help texts as HTML: what is meant is there, and nothing that a text could hold runs in a page. */
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { marked } from 'marked';
import type { Browser, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { readHelpFiles } from '../../data/help/check.ts';
import { textOf } from '../../data/help/text.ts';
import { ALLOWED_TAGS, renderMarkdown } from '../../serve/help/render.ts';
import { HELP_FOLDER } from '../local/help-world.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { helpApi } from './help-support.ts';

const HOSTILE: readonly string[] = [
  '<script>window.hacked = 1</script>',
  '<ScRiPt>window.hacked = 1</sCrIpT >',
  'a <script\n>window.hacked = 1</script\n>',
  '<<script>script>window.hacked = 1<</script>/script>',
  '<img src=x onerror="window.hacked = 1">',
  'words <img/src=x/onerror=window.hacked=1> words',
  '<svg onload="window.hacked = 1">',
  '<svg><style><img src=x onerror=window.hacked=1></style></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1>',
  '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
  '<noscript><p title="</noscript><img src=x onerror=window.hacked=1>">',
  '<template><img src=x onerror=window.hacked=1></template>',
  '<textarea></textarea><img src=x onerror=window.hacked=1>',
  '<!--><img src=x onerror=window.hacked=1>-->',
  '<![CDATA[<img src=x onerror=window.hacked=1>]]>',
  '<?php <img src=x onerror=window.hacked=1> ?>',
  '<style>@import "https://evil.example/x.css"; p { display: none }</style>',
  '<p style="background: url(javascript:window.hacked=1)" onclick="window.hacked=1">x</p>',
  '<a href="javascript:window.hacked=1">x</a>',
  '<form action="javascript:window.hacked=1"><button>x</button></form>',
  '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<details open ontoggle="window.hacked = 1">x</details>',
  '[x](javascript:window.hacked=1)',
  '[x](JaVaScRiPt:window.hacked=1)',
  '[x](java\tscript:window.hacked=1)',
  '[x](&#106;avascript:window.hacked=1)',
  '[x](&#x6A;&#x61;vascript&colon;window.hacked=1)',
  '[x](javascript&#58;window.hacked=1)',
  '[x](<javascript:window.hacked=1>)',
  '[x]( javascript:window.hacked=1 )',
  '[x](\u0001javascript:window.hacked=1)',
  '[x](data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGFja2VkPTE8L3NjcmlwdD4=)',
  '[x](vbscript:window.hacked=1)',
  '[x](//evil.example/) [y](/admin) [z](#top) [w](http://plain.example/) [v](https:evil) [u](https://a@evil.example/)',
  '[x][1]\n\n[1]: javascript:window.hacked=1',
  '<javascript:window.hacked=1>',
  '![x](javascript:window.hacked=1) ![x](data:image/svg+xml,<svg/onload=window.hacked=1>) ![x](https://evil.example/pixel.png)',
  '![x" onerror="window.hacked=1](https://a.example/x)',
  '![a](https://a.example/"onerror="window.hacked=1)',
  '[a](https://a.example/"onmouseover="window.hacked=1)',
  '[a](https://a.example/ "x\\" onmouseover=\\"window.hacked=1")',
  '[<img src=x onerror=window.hacked=1>](https://a.example/)',
  '# <img src=x onerror=window.hacked=1>',
  '| <img src=x onerror=window.hacked=1> | b |\n|:-|-|\n| <script>window.hacked = 1</script> | `<script>` |',
  '```"><img src=x onerror=window.hacked=1>\n<script>window.hacked = 1</script>\n```',
  '`<img src=x onerror=window.hacked=1>`',
  '- <img src=x onerror=window.hacked=1>\n  > <script>window.hacked = 1</script>',
  '&lt;script&gt;window.hacked = 1&lt;/script&gt; &#60;img src=x onerror=window.hacked=1&#62;',
  '\\<script>window.hacked = 1\\</script>',
  '- [ ] <input autofocus onfocus=window.hacked=1>',
];

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  A: ['href', 'rel', 'target'],
  OL: ['start'],
  TD: ['align'],
  TH: ['align'],
};

interface Node {
  readonly tag: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** What of the nodes may not be in a page. */
function forbidden(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ tag, attributes }) => [
    ...(ALLOWED_TAGS.includes(tag.toLowerCase()) ? [] : [tag]),
    ...attributes.flatMap(([name, value]) => {
      if (!(ATTRIBUTES[tag] ?? []).includes(name)) return [`${tag} ${name}`];
      const good = name !== 'href' || /^https:\/\/[a-z0-9.-]+(\/\S*)?$/i.test(value);
      return good ? [] : [`${tag} ${name}=${value}`];
    }),
  ]);
}

function nodesOf(html: string): Node[] {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  return [...document.body.querySelectorAll('*')].map((element) => ({
    tag: element.tagName,
    attributes: [...element.attributes].map(({ name, value }) => [name, value] as const),
  }));
}

describe('what is meant is there', () => {
  test.each([
    ['# One\n\n## Two\n\n###### Six', '<h2>One</h2>\n<h3>Two</h3>\n<h6>Six</h6>'],
    ['**b** _i_ ~~d~~ `c`', '<p><strong>b</strong> <em>i</em> <del>d</del> <code>c</code></p>'],
    ['3. x\n4. y', '<ol start="3">\n<li>x</li>\n<li>y</li>\n</ol>'],
    ['- x\n- y', '<ul>\n<li>x</li>\n<li>y</li>\n</ul>'],
    ['- [x] done\n- [ ] open', '<ul>\n<li>[x] done</li>\n<li>[ ] open</li>\n</ul>'],
    ['> q', '<blockquote>\n<p>q</p>\n</blockquote>'],
    ['```sql\nselect 1 < 2\n```', '<pre><code>select 1 &lt; 2\n</code></pre>'],
    [
      '[x](https://a.example/?b=1&c=2)',
      '<p><a href="https://a.example/?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">x</a></p>',
    ],
    [
      '|a|b|\n|:-|-:|\n|1|`x`|',
      '<table>\n<thead>\n<tr>\n<th align="left">a</th>\n<th align="right">b</th>\n</tr>\n</thead>\n<tbody><tr>\n<td align="left">1</td>\n<td align="right"><code>x</code></td>\n</tr>\n</tbody></table>',
    ],
    ['![a picture](https://a.example/x.png)', '<p>a picture</p>'],
    ['5 < 6 & 7 > 2', '<p>5 &lt; 6 &amp; 7 &gt; 2</p>'],
    ['', ''],
  ])('%j', (markdown, html) => {
    expect(renderMarkdown(markdown)).toBe(html);
  });

  test('every text that ships keeps its words, and each of its links', async () => {
    for (const file of await readHelpFiles(HELP_FOLDER)) {
      const { body_md: body } = textOf(file);
      const { document } = parseHTML(`<body>${renderMarkdown(body)}</body>`);
      const said = parseHTML(`<body>${await marked.parse(body)}</body>`).document;
      expect(document.body.textContent?.replaceAll(/\s+/g, ' ').trim()).toBe(
        said.body.textContent?.replaceAll(/\s+/g, ' ').trim(),
      );
      const links = (page: typeof document): unknown[] =>
        [...page.querySelectorAll('a')].map((a) => a.getAttribute('href'));
      expect(links(document)).toEqual(links(said));
    }
  });
});

describe('nothing runs', () => {
  test.each(HOSTILE)('%j', (markdown) => {
    expect(forbidden(nodesOf(renderMarkdown(markdown)))).toEqual([]);
  });

  test('HTML is shown as the words that it is', () => {
    expect(renderMarkdown('<script>window.hacked = 1</script>')).toBe(
      '<p>&lt;script&gt;window.hacked = 1&lt;/script&gt;</p>',
    );
  });

  test('what is nested deeper than can be read is shown as it is written', () => {
    const deep = '>'.repeat(30_000);
    expect(renderMarkdown(deep)).toBe(`<pre>${'&gt;'.repeat(30_000)}</pre>`);
    expect(renderMarkdown('a `x` b')).toBe('<p>a <code>x</code> b</p>');
  });

  const piece = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.constantFrom(...'<>"\'`&;:/\\()[]!#*_~-=|\n\t \0'),
    fc.constantFrom(
      '<script>',
      '</script',
      'onerror=',
      'javascript:',
      '&#x3c;',
      '&lt',
      '](',
      '![',
      '<!--',
      '-->',
      '<a href=',
    ),
    fc.string({ maxLength: 5 }),
  );
  const hostileText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  test('however the pieces are put together, and the same whatever was rendered before', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const html = renderMarkdown(one);
        expect(forbidden(nodesOf(html))).toEqual([]);
        renderMarkdown(other);
        expect(renderMarkdown(one)).toBe(html);
      }),
      { numRuns: 1_500 },
    );
  });

  describe.skipIf(!hasBrowser())('in a browser', () => {
    let browser: Browser | undefined;
    afterAll(() => browser?.close());

    /** A page whose frame would be told of any script, any request and any way out of it. */
    async function shown(html: readonly string[], look: (page: Page) => Promise<void>): Promise<string[]> {
      browser ??= await openBrowser();
      const context = await browser.newContext();
      const page = await context.newPage();
      const seen: string[] = [];
      page.on('request', (request) => seen.push(`request ${request.url()}`));
      page.on('dialog', (dialog) => seen.push(`dialog ${dialog.message()}`));
      await page.setContent(`<!doctype html><title>help</title><main>${html.join('</main><main>')}</main>`);
      // As front ends do it, too.
      await page.evaluate(
        `for (const part of ${JSON.stringify(html)}) document.body.appendChild(document.createElement('section')).innerHTML = part;`,
      );
      await look(page);
      if (await page.evaluate(`'hacked' in window`)) seen.push('a script ran');
      await context.close();
      return seen.filter((what) => what !== 'request about:blank');
    }

    test('what the page would notice is noticed', async () => {
      expect(
        await shown([await marked.parse('<img src=x onerror="window.hacked = 1">')], (page) =>
          page.waitForFunction(`'hacked' in window`).then(() => undefined),
        ),
      ).toContain('a script ran');
    });

    test('nothing of the hostile texts runs, asks for anything, or is there for the browser', async () => {
      const html = [...HOSTILE, ...fc.sample(hostileText, { numRuns: 300, seed: 20_261_128 })].map(renderMarkdown);
      const found: Node[] = [];
      const seen = await shown(html, async (page) => {
        found.push(
          ...(await page.evaluate<Node[]>(
            `[...document.querySelectorAll('main *, section *')].map((element) => ({
              tag: element.tagName, attributes: [...element.attributes].map(({ name, value }) => [name, value]) }))`,
          )),
        );
        for (const link of await page.locator('a:not([href])').all()) await link.dispatchEvent('click');
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))');
      });
      expect(seen).toEqual([]);
      expect(found.length).toBeGreaterThan(500);
      expect(forbidden(found)).toEqual([]);
    });
  });
});

test('a row that passed by the rules of the table is served as safe HTML with safe links', async () => {
  await using api = await helpApi();
  await api.db.pool.query('alter table help_content drop constraint help_content_body_md_check');
  await api.db.pool.query('alter table help_content drop constraint help_content_related_sources_check');
  for (const body of HOSTILE.filter((text) => !text.includes('\0'))) {
    await api.db.pool.query(
      `update help_content set body_md = $1, related_sources = '[{"name":"a","url":"javascript:alert(1)"},{"name":"b","url":"https://b.example/"}]' where id = 'tab.home'`,
      [body],
    );
    // Each time under an address that nobody has kept.
    const answer = (await api.ask(`/api/help/tab.home?${encodeURIComponent(body)}`)).json<{
      body_html: string;
      related_sources: unknown;
    }>();
    expect(answer.body_html).toBe(renderMarkdown(body));
    expect(answer.related_sources).toEqual([{ name: 'b', url: 'https://b.example/' }]);
  }
});
