// Reads a CPU or heap profile of V8 as a tree of calls, with functions named by their place in src/.

import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const maps = new Map();

/**
 * @param profile as `--cpu-prof` and `--heap-prof` write it
 * @returns `unit` is `ms` or `KB`; each node has what it took itself, what it took with its calls, and its calls
 */
export function callTree(profile) {
  const isHeap = profile.head !== undefined;
  const root = isHeap ? ofHeap(profile.head) : ofCpu(profile);
  const urls = new Set();
  forEach(root, ({ url }) => urls.add(url));
  return { unit: isHeap ? 'KB' : 'ms', root, urls: [...urls], functions: functionsOf(root) };
}

function ofHeap({ callFrame, selfSize, children }) {
  return nodeOf(callFrame, selfSize / 1000, children.map(ofHeap));
}

function ofCpu({ nodes, samples, timeDeltas }) {
  const selfMs = new Map();
  samples.forEach((id, index) => selfMs.set(id, (selfMs.get(id) ?? 0) + timeDeltas[index] / 1000));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = (id) => {
    const { callFrame, children = [] } = byId.get(id);
    return nodeOf(callFrame, callFrame.functionName === '(idle)' ? 0 : (selfMs.get(id) ?? 0), children.map(build));
  };
  return build(nodes[0].id);
}

function nodeOf(callFrame, self, children) {
  const total = children.reduce((sum, child) => sum + child.total, self);
  return { ...placed(callFrame), url: callFrame.url, self, total, children };
}

function placed({ functionName, url, lineNumber, columnNumber }) {
  const map = mapOf(url);
  // A function is said to begin at its parameters, which the map knows by the first of them.
  const entry = map?.findEntry(lineNumber, columnNumber + 1);
  if (entry?.originalSource === undefined) {
    const place = url === '' ? '' : `${basename(url)}:${lineNumber + 1}`;
    return { name: functionName || '(anonymous)', place };
  }
  const source = entry.originalSource.replace(/^.*?(?=src\/|node_modules\/)/, '');
  return {
    name: map.findEntry(lineNumber, columnNumber).name || functionName || '(anonymous)',
    place: `${source}:${entry.originalLine + 1}`,
  };
}

function mapOf(url) {
  if (!url.startsWith('file:')) return undefined;
  if (!maps.has(url)) {
    const file = `${fileURLToPath(url)}.map`;
    maps.set(url, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined);
  }
  return maps.get(url);
}

/** Each function once, with all that it took itself and with its calls; the largest first. */
function functionsOf(root) {
  const functions = new Map();
  const visit = (node, above) => {
    const key = `${node.name} ${node.place}`;
    const known = functions.get(key) ?? { name: node.name, place: node.place, self: 0, total: 0 };
    known.self += node.self;
    // A function that calls itself is counted by its first call.
    if (!above.has(key)) known.total += node.total;
    functions.set(key, known);
    const within = new Set(above).add(key);
    for (const child of node.children) visit(child, within);
  };
  visit(root, new Set());
  return [...functions.values()].toSorted((a, b) => b.self - a.self);
}

function forEach(node, task) {
  task(node);
  for (const child of node.children) forEach(child, task);
}
