// The state of src/ in numbers, and the rules of scripts/rooms.mjs held to every import, of types and by import() too.
//   npm run house          prints, and fails when a rule is broken or imports go in a circle
//   npm run house -- --all also lists each small file and each arrow between folders
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cyclesOf, readImports } from './import-graph.mjs';
import { folderRules, mayImport, mayUsePackage, sharedFiles, whyNoPackage, whyNot } from './rooms.mjs';

const SMALL_LINES = 25;
const MOST_FILES = 16;
const MOST_README_LINES = 10;

const { lines, imports } = readImports('src');
const rules = new Map(folderRules().map((rule) => [rule.folder, rule]));
const files = [...lines.keys()];
const own = imports.filter(({ to }) => lines.has(to));
const arrows = own.filter(({ from, to }) => folderOf(from) !== folderOf(to) && !sharedFiles.includes(to));
const problems = [...unknownFolders(), ...brokenRules(), ...cycles(), ...readmes()];

print();
for (const problem of problems) console.error(`✗ ${problem}`);
if (problems.length > 0) process.exitCode = 1;

function folderOf(file) {
  return dirname(file);
}

function print() {
  const byFolder = Map.groupBy(files, folderOf);
  const [largest] = [...byFolder].toSorted(([, a], [, b]) => b.length - a.length);
  const small = files.filter((file) => lines.get(file) < SMALL_LINES);
  const total = [...lines.values()].reduce((sum, count) => sum + count, 0);
  const rows = [
    ['files', files.length],
    ['lines', total],
    ['folders', byFolder.size],
    ['largest folder', `${largest[1].length} files (src/${largest[0]})`],
    [`files under ${SMALL_LINES} lines`, small.length],
    ['arrows between folders', new Set(arrows.map(({ from, to }) => `${folderOf(from)} ${folderOf(to)}`)).size],
    ['circles of imports', cycles().length],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(24)}${value}`);
  if (!process.argv.includes('--all')) return;
  for (const file of small) console.log(`small   src/${file} ${lines.get(file)}`);
  const counts = Map.groupBy(arrows, ({ from, to }) => `${folderOf(from)} → ${folderOf(to)}`);
  for (const [arrow, all] of counts)
    console.log(`arrow   ${arrow} ${all.length}${all.every(({ types }) => types) ? ' types' : ''}`);
}

/** Each folder has a place in the table, and is of a size that one can take in. */
function unknownFolders() {
  return [...Map.groupBy(files, folderOf)].flatMap(([folder, all]) => {
    if (folder === '.')
      return all
        .filter((file) => !sharedFiles.includes(file) && !file.endsWith('.d.ts'))
        .map((file) => `src/${file} stands in no room: scripts/rooms.mjs.`);
    if (!rules.has(folder)) return [`src/${folder} is no folder of scripts/rooms.mjs: give it its place there.`];
    return all.length > MOST_FILES
      ? [`src/${folder} holds ${all.length} files, more than ${MOST_FILES}: part it by concept.`]
      : [];
  });
}

function brokenRules() {
  return imports.flatMap(({ from, to, types, line }) => {
    const rule = rules.get(folderOf(from));
    if (rule === undefined) return [];
    const at = `src/${from}:${line}`;
    if (!lines.has(to)) return types || mayUsePackage(rule, to) ? [] : [`${at} imports ${to}. ${whyNoPackage(rule)}`];
    const target = folderOf(to);
    if (target === rule.folder || sharedFiles.includes(to)) return [];
    return (types ? rule.types : rule.values).includes(target) ? [] : [`${at} imports ${to}. ${whyNot(rule, target)}`];
  });
}

function cycles() {
  const ofFiles = cyclesOf(own.map(({ from, to }) => [from, to]));
  const ofFolders = cyclesOf(arrows.map(({ from, to }) => [folderOf(from), folderOf(to)]));
  return [...ofFiles, ...ofFolders].map(
    (group) => `imports go in a circle: ${group.join(', ')}. Move what both need to a place below both.`,
  );
}

/** The README of a folder says what belongs there, and ends with what it may import. */
function readmes() {
  const folders = [...rules.values()].filter(({ room, folder }) => room.layers.length > 1 && folder !== room.name);
  return folders.flatMap((rule) => {
    const path = `src/${rule.folder}/README.md`;
    if (!existsSync(path))
      return [`${path} is missing: what belongs in the folder, what does not, what it may import.`];
    const text = readFileSync(path, 'utf8').trimEnd().split('\n');
    if (text.length > MOST_README_LINES) return [`${path} has ${text.length} lines, more than ${MOST_README_LINES}.`];
    return text.at(-1) === mayImport(rule)
      ? []
      : [`${path} must end with what the folder may import (npm run docs writes it): ${mayImport(rule)}`];
  });
}
