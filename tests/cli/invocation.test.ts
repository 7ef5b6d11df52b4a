/** Commands in messages are named as the reader can type them. */
import { expect, test } from 'vitest';
import { asTyped } from '../../cli/invocation.ts';

test('under npm run pipeline a message names the npm script', () => {
  expect(asTyped('next: penstock db migrate, then penstock --help', 'pipeline')).toBe(
    'next: npm run pipeline -- db migrate, then npm run pipeline -- --help',
  );
});

test('elsewhere it names the program', () => {
  expect(asTyped('next: penstock gaps ieso-demand', undefined)).toBe('next: penstock gaps ieso-demand');
});

test('the name of the program itself stays', () => {
  expect(asTyped('this is a fault of penstock itself; Usage: penstock [command]', 'pipeline')).toBe(
    'this is a fault of penstock itself; Usage: penstock [command]',
  );
});
