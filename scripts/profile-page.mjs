// Profiles as one page without a script: for each a picture of the calls, the widest first, and the functions that took most.

const MOST_FUNCTIONS = 25;
const LEAST_SHARE = 0.004;
const DEEPEST = 40;
const ROW_PX = 18;

const STYLE = `
  body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff; }
  .calls { position: relative; overflow: hidden; border: 1px solid #ccc; }
  .calls div { position: absolute; height: ${ROW_PX - 1}px; overflow: hidden; white-space: nowrap; font-size: 11px; box-sizing: border-box; border-right: 1px solid #fff; padding: 0 3px; }
  table { border-collapse: collapse; margin-top: 1em; }
  td, th { padding: 1px 10px; text-align: right; font-variant-numeric: tabular-nums; }
  td:nth-child(n+3), th:nth-child(n+3) { text-align: left; }
  summary { cursor: pointer; font-weight: 600; margin: .6em 0; }
`;

/** @param profiles of `callTree`, each with its `workload` and `program` */
export function profilePage(profiles) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Profiles of devdeck</title><style>${STYLE}</style>
<h1>Profiles of devdeck</h1>
<p>Width is the share of CPU time, or of the memory in use at the end. Point at a call to read its place.</p>
${profiles.map(section).join('\n')}
</html>\n`;
}

function section({ workload, program, unit, root, functions }) {
  const what = unit === 'KB' ? 'memory' : 'CPU';
  return `<details open><summary>${text(`${workload}: ${what} of the ${program}, ${round(root.total)} ${unit}`)}</summary>
${picture(root, unit)}
${table(functions, unit)}</details>`;
}

function picture(root, unit) {
  const boxes = [];
  let rows = 0;
  const draw = (node, left, depth) => {
    const share = node.total / root.total;
    if (share < LEAST_SHARE || depth > DEEPEST) return;
    rows = Math.max(rows, depth + 1);
    const place = `left:${(left * 100).toFixed(2)}%;width:${(share * 100).toFixed(2)}%;top:${depth * ROW_PX}px`;
    const title = `${node.name} ${node.place}: ${round(node.total)} ${unit}, itself ${round(node.self)}`;
    boxes.push(`<div style="${place};background:${colourOf(node)}" title="${text(title)}">${text(node.name)}</div>`);
    let next = left;
    for (const child of node.children.toSorted((a, b) => b.total - a.total)) {
      draw(child, next, depth + 1);
      next += child.total / root.total;
    }
  };
  draw(root, 0, 0);
  return `<div class="calls" style="height:${rows * ROW_PX}px">${boxes.join('')}</div>`;
}

/** Ours, that of packages, and Node's. */
function colourOf({ place }) {
  if (place.startsWith('src/')) return '#ffd9a0';
  return place.includes('node_modules/') ? '#cfe3ff' : '#e4e4e4';
}

function table(functions, unit) {
  const rows = functions.slice(0, MOST_FUNCTIONS).map(({ name, place, self, total }) => {
    const cells = [round(self), round(total), name, place];
    return `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`;
  });
  return `<table><tr><th>itself, ${unit}</th><th>with calls</th><th>function</th><th>place</th></tr>${rows.join('')}</table>`;
}

function round(value) {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

function text(value) {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
