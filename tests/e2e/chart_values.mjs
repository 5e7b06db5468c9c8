// The table of values in charts/linchpin/README.md, made from the comments (`# --`) of values.yaml.
// Usage: node chart_values.mjs, which writes it; chart_test.mjs holds it current.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as yaml from 'js-yaml';

const chart = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'charts', 'linchpin');
const begin = '<!-- Made from values.yaml by tests/e2e/chart_values.mjs; a test compares. -->\n';
export const readme = join(chart, 'README.md');

// [path, default, meaning] of each commented value, in the order of the file; and the paths of those that lack a comment.
export function documentedValues() {
  const text = readFileSync(join(chart, 'values.yaml'), 'utf8');
  const values = yaml.load(text);
  const path = [];  // of { indent, key }
  const rows = [];
  let comment = null;
  let covered = -1;  // indentation of a commented value whose inner keys need no comment of their own
  const bare = [];
  for (const line of text.split('\n')) {
    const start = line.match(/^\s*# -- (.*)$/);
    const more = line.match(/^\s*# (.*)$/);
    const key = line.match(/^(\s*)([A-Za-z]+):\s*(.*)$/);
    if (start) comment = start[1];
    else if (more && comment !== null) comment += ` ${more[1]}`;
    else if (key) {
      const indent = key[1].length;
      while (path.length > 0 && path.at(-1).indent >= indent) path.pop();
      path.push({ indent, key: key[2] });
      if (indent <= covered) covered = -1;
      const name = path.map((p) => p.key).join('.');
      if (comment !== null) {
        const value = path.reduce((object, p) => object[p.key], values);
        rows.push([name, JSON.stringify(value), comment]);
        covered = indent;
      } else if (covered === -1 && key[3] !== '') bare.push(name);
      comment = null;
    } else comment = null;
  }
  return { rows, bare };
}

export function table() {
  const cell = (text) => text.replaceAll('|', '\\|');
  return `| value | default | meaning |\n| --- | --- | --- |\n${documentedValues().rows
    .map(([name, value, meaning]) => `| \`${name}\` | \`${cell(value)}\` | ${cell(meaning)} |\n`).join('')}`;
}

export function withTable(text) {
  return text.slice(0, text.indexOf(begin) + begin.length) + table();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(readme, withTable(readFileSync(readme, 'utf8')));
