// A reporter of vitest that prints the faults as a table and keeps it as docs/reliability.md.
// Used by `npm run test:faults`, which runs all of them; a run of a part would make a table with holes.
import { writeFile } from 'node:fs/promises';
import { release } from 'node:os';

const PAGE = new URL('../docs/reliability.md', import.meta.url);
const SECTIONS = {
  A: 'Ports',
  B: 'Processes and signals',
  C: 'Restarts, readiness, health',
  D: 'Supervisor, lock, files, socket',
  E: 'Output and logs',
  F: 'Terminal and screen',
  G: 'Config and trust',
  H: 'Limits and surroundings',
  I: 'Commands',
  J: 'macOS and Windows',
};
const RESULTS = { passed: 'holds', failed: '**fails**', skipped: 'not run' };

export default class FaultTable {
  async onTestRunEnd(modules) {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap(toRow)
      .toSorted(byId);
    const page = toPage(rows);
    await writeFile(PAGE, page);
    console.log(page);
  }
}

function toRow(test) {
  const { fault } = test.meta();
  if (fault === undefined) return [];
  const { state, note } = test.result();
  return [{ ...fault, result: RESULTS[state] ?? state, note: state === 'skipped' ? (note ?? '') : '' }];
}

function byId(a, b) {
  return a.id[0].localeCompare(b.id[0]) || Number.parseInt(a.id.slice(1)) - Number.parseInt(b.id.slice(1));
}

function toPage(rows) {
  const count = (result) => rows.filter((row) => row.result === result).length;
  const critical = rows.filter(({ priority }) => priority === 'P0');
  const sections = Object.entries(SECTIONS).flatMap(([letter, title]) => {
    const own = rows.filter(({ id }) => id.startsWith(letter));
    return own.length === 0 ? [] : ['', `## ${title}`, '', ...table(own)];
  });
  return `${[
    '# Reliability: faults that devdeck is tested against',
    '',
    'Each row is a test: it causes the fault, uses devdeck as a person or a script would, and checks what must hold. The table comes from',
    `\`npm run test:faults\` on ${process.platform} ${release().split('-')[0]}, Node ${process.version}: ${count('holds')} of ${rows.length} hold,`,
    `${count('**fails**')} fail, ${count('not run')} were not run. P0 marks the ${critical.length} faults that must never reach a user; ${critical.filter(({ result }) => result === 'holds').length} of them hold.`,
    ...sections,
    ...withoutProc(rows.filter(({ notPortable }) => notPortable !== undefined)),
  ].join('\n')}\n`;
}

function withoutProc(rows) {
  return [
    '',
    '## Without /proc',
    '',
    'Without /proc (macOS, the BSDs), devdeck uses ps, lsof and netstat. `DEVDECK_PLATFORM=portable` does the same on Linux, and',
    '`npm run test:portable` runs some of the tests that way. These faults do not hold there:',
    '',
    '| | fault | why |',
    '| --- | --- | --- |',
    ...rows.map(({ id, fault, notPortable }) => `| ${id} | ${fault} | ${notPortable} |`),
    '',
    'Besides, a new address of a service appears one look (about two seconds) later than on Linux, and devdeck counts no threads.',
  ];
}

function table(rows) {
  const cell = (text) => text.replaceAll('|', '\\|');
  return [
    '| | fault | how the test causes it | result |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ id, fault, injected, priority, result, note }) => {
      const outcome = note === '' ? result : `${result}: ${note}`;
      return `| ${id}${priority === 'P0' ? ' (P0)' : ''} | ${cell(fault)} | ${cell(injected)} | ${cell(outcome)} |`;
    }),
  ];
}
