/**
 * The script of a page: sorts tables, filters datasets and findings, unfolds everything. It makes its own controls, so that a page without scripts shows no dead
 * ones and hides nothing. The page's policy names it by its hash; no other script runs.
 */
import { createHash } from 'node:crypto';
import { type Html, markup, renderMarkup } from './template.ts';

/** Plain text for every browser: no markup in it, since it is a part of the page. */
const PROGRAM: Html = markup`
(function () {
'use strict';
var all = function (query, root) { return Array.prototype.slice.call((root || document).querySelectorAll(query)); };
var make = function (name, text, parent) { var made = document.createElement(name); made.textContent = text; if (parent) parent.appendChild(made); return made; };
var UNITS = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, ms: 1, s: 1e3, min: 6e4, h: 36e5, '%': 1 };
function numberOf(text) {
  var parts = text.replace(/,/g, '').match(/^-?[0-9.]+( (ms|s|min|h|B|kB|MB|GB|TB|%))?( [0-9]+ (s|min))?$/);
  if (!parts) return null;
  var value = parseFloat(parts[0]) * (parts[2] ? UNITS[parts[2]] : 1);
  return parts[3] ? value + parseFloat(parts[3]) * UNITS[parts[4]] : value;
}
function compare(a, b) {
  var x = numberOf(a), y = numberOf(b);
  if (x !== null) return y !== null ? x - y : -1;
  return y !== null ? 1 : a.localeCompare(b, 'en', { numeric: true });
}
function sortBy(table, place, header) {
  var down = header.getAttribute('aria-sort') === 'ascending';
  all('thead th', table).forEach(function (other) { other.removeAttribute('aria-sort'); });
  header.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows).map(function (row) { return { row: row, text: row.cells[place].textContent.trim() }; });
  rows.sort(function (a, b) { return down ? compare(b.text, a.text) : compare(a.text, b.text); });
  rows.forEach(function (one) { body.appendChild(one.row); });
}
all('table').forEach(function (table) {
  if (!table.tHead || !table.tBodies[0] || table.tBodies[0].rows.length === 1) return;
  all('th', table.tHead).forEach(function (header, place) {
    var button = document.createElement('button');
    button.type = 'button';
    while (header.firstChild) button.appendChild(header.firstChild);
    button.addEventListener('click', function () { sortBy(table, place, header); });
    header.appendChild(button);
  });
});
var tools = document.getElementById('tools');
if (!tools) return;
tools.setAttribute('role', 'search');
tools.setAttribute('aria-label', 'This page');
function field(text, kind) {
  var label = make('label', text + ' ', tools);
  var input = document.createElement(kind);
  label.appendChild(input);
  return input;
}
function choice(text, values, filter) {
  if (values.length === 0) return null;
  var select = field(text, 'select');
  ['all'].concat(values).forEach(function (value) { make('option', value, select).value = value; });
  select.addEventListener('change', filter);
  return select;
}
function values(query) {
  return all(query).map(function (one) { return one.getAttribute('data-state'); }).filter(function (value, i, list) { return list.indexOf(value) === i; });
}
var text = field('Datasets', 'input');
text.type = 'search';
text.placeholder = 'name, publisher, table';
var state = choice('State', values('section.dataset'), datasets);
var found = choice('Findings', values('details.found'), findings);
var said = document.createElement('output');
function datasets() {
  var words = text.value.toLowerCase().trim(), wanted = state ? state.value : 'all', shown = 0, sections = all('section.dataset');
  sections.forEach(function (section) {
    var fits = (wanted === 'all' || section.getAttribute('data-state') === wanted) ? section.getAttribute('data-words').toLowerCase().indexOf(words) !== -1 : false;
    section.hidden = !fits;
    all('tr[data-for="' + section.id + '"]').forEach(function (row) { row.hidden = !fits; });
    if (fits) shown += 1;
  });
  said.textContent = shown + ' of ' + sections.length + ' datasets shown';
}
function findings() {
  var list = all('details.found'), shown = 0;
  list.forEach(function (one) {
    one.hidden = found.value !== 'all' ? one.getAttribute('data-state') !== found.value : false;
    if (!one.hidden) shown += 1;
  });
  said.textContent = shown + ' of ' + list.length + ' findings shown';
}
text.addEventListener('input', datasets);
[['Expand all', true], ['Collapse all', false]].forEach(function (one) {
  var button = make('button', one[0], tools);
  button.type = 'button';
  button.addEventListener('click', function () { all('details').forEach(function (part) { part.open = one[1]; }); });
});
tools.appendChild(said);
})();
`;

const TEXT = renderMarkup(PROGRAM);

/** For the page's Content-Security-Policy. */
export const SCRIPT_HASH = `sha256-${createHash('sha256').update(TEXT).digest('base64')}`;

export const SCRIPT: Html = markup`<script>${PROGRAM}</script>
`;
