/** SQL files are cut into statements where PostgreSQL would cut them. */
import { expect, test } from 'vitest';
import { caret, placeOf, splitStatements } from '../../sql/split.ts';

const texts = (sql: string): string[] => splitStatements(sql).map(({ text }) => text);

test.each([
  ['two statements', 'select 1;\nselect 2;', ['select 1', 'select 2']],
  ['no semicolon at the end', 'select 1', ['select 1']],
  ['quotes', `select ';''';select ";"`, [`select ';'''`, 'select ";"']],
  ['a backslash in a plain quote', `select '\\';select 2`, [`select '\\'`, 'select 2']],
  ['an escaped quote in an E string', `select e'\\';';select 2`, [`select e'\\';'`, 'select 2']],
  ['dollar quotes', 'do $$ begin; end $$; do $a$ $$;$$ $a$;', ['do $$ begin; end $$', 'do $a$ $$;$$ $a$']],
  ['a parameter is no dollar quote', 'select $1;select $1', ['select $1', 'select $1']],
  ['a dollar inside a name', 'select a$b$c;select 1', ['select a$b$c', 'select 1']],
  ['line comments', "-- it's; here\nselect 1; -- the end;\n", ["-- it's; here\nselect 1"]],
  ['nested block comments', '/* ; /* ; */ ; */ select 1; select 2', ['/* ; /* ; */ ; */ select 1', 'select 2']],
  [
    'parentheses',
    'create rule r as on insert to t do (delete from a; delete from b); select 1',
    ['create rule r as on insert to t do (delete from a; delete from b)', 'select 1'],
  ],
  [
    'SQL-standard function bodies',
    'create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 1',
    ['create function f() returns int begin atomic select case when true then 1 end; select 2; end', 'select 1'],
  ],
  ['empty statements', ';;\n-- nothing\n;', []],
  ['an open quote', "select 'a; select 1", ["select 'a; select 1"]],
])('%s', (_, sql, expected) => {
  expect(texts(sql)).toEqual(expected);
});

test('every statement is found again at its offset, with its first words', () => {
  const sql = '-- é\ncreate /* x */ Table a (b int);\n\n  insert into a values (1);';
  const statements = splitStatements(sql);
  expect(statements.map(({ command }) => command)).toEqual(['create table', 'insert into']);
  for (const { text, offset } of statements) expect(sql.slice(offset, offset + text.length)).toBe(text);
});

test("a server's position becomes line and column, counted in characters", () => {
  const sql = "select '🌊🌊';\nselect\n  '🌊', oops;";
  const statement = splitStatements(sql)[1];
  if (statement === undefined) throw new Error('no statement');
  expect(
    placeOf(sql, statement, Array.from(statement.text.slice(0, statement.text.indexOf('oops'))).length + 1),
  ).toEqual({ line: 3, column: 8 });
});

test('the caret stands under the column, also behind tabs and in long lines', () => {
  expect(caret('a\n\tselec 1', 2, 2)).toBe('2 | \tselec 1\n    \t^');
  const [line = '', mark = ''] = caret(`${'x'.repeat(500)}!${'y'.repeat(500)}`, 1, 501).split('\n');
  expect(line[mark.indexOf('^')]).toBe('!');
  expect(line.length).toBeLessThan(140);
});
