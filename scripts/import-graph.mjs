// Which file of src/ imports which. A bundler forgets imports of types, so this uses a parser.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/**
 * @typedef {object} Import
 * @property {string} from the file that imports, relative to the root
 * @property {string} to our own file, relative to the root, or a package's name as written (`node:fs`, `ink`)
 * @property {boolean} types whether it imports types alone, so that nothing of it is left at run time
 * @property {number} line
 */

/**
 * Reads every import, `import()`, re-export and `import('…')` type below `root`.
 * @param {string} root a folder
 * @returns {{ lines: Map<string, number>, imports: Import[] }} `lines` counts the lines of each file.
 */
export function readImports(root) {
  const lines = new Map();
  const imports = [];
  for (const file of globSync('**/*.{ts,tsx}', { cwd: root }).toSorted()) {
    const text = readFileSync(join(root, file), 'utf8');
    lines.set(file, lineOf(text, text.trimEnd().length));
    for (const { name, start, types } of importsOf(file, text)) {
      const to = name.startsWith('.') ? join(dirname(file), name) : name;
      imports.push({ from: file, to, types, line: lineOf(text, start) });
    }
  }
  return { lines, imports };
}

function importsOf(file, text) {
  const { module, program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`src/${file} cannot be parsed: ${errors[0].message}`);
  const found = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    name: moduleRequest.value,
    start,
    types: entries.length > 0 && entries.every(({ isType }) => isType),
  }));
  for (const { entries, start } of module.staticExports) {
    const name = entries[0]?.moduleRequest?.value;
    if (name !== undefined) found.push({ name, start, types: entries.every(({ isType }) => isType) });
  }
  const lazy = ({ source, start }, types) => {
    if (typeof source.value === 'string') found.push({ name: source.value, start, types });
  };
  new Visitor({
    ImportExpression: (node) => lazy(node, false),
    TSImportType: (node) => lazy(node, true),
  }).visit(program);
  return found;
}

function lineOf(text, offset) {
  return text.slice(0, offset).split('\n').length;
}

/**
 * The groups of nodes that reach each other, each in alphabetical order.
 * @param {Iterable<readonly [string, string]>} arrows
 * @returns {string[][]}
 */
export function cyclesOf(arrows) {
  const next = new Map();
  for (const [from, to] of arrows) next.set(from, (next.get(from) ?? new Set()).add(to));
  // Tarjan: a node whose index nothing below it undercuts closes a group.
  const index = new Map();
  const low = new Map();
  const open = [];
  const cycles = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    open.push(node);
    for (const to of next.get(node) ?? []) {
      if (!index.has(to)) visit(to);
      if (open.includes(to)) low.set(node, Math.min(low.get(node), low.get(to)));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = open.splice(open.indexOf(node));
    if (group.length > 1 || next.get(node)?.has(node)) cycles.push(group.toSorted((a, b) => a.localeCompare(b)));
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return cycles;
}
