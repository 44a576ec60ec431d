// The table of docs/init.md: what `init` makes of each trial tree.
import { treeNames } from '../test/helpers/project-tree.ts';
import { judge } from '../test/helpers/trial.ts';

const WORDS = { right: 'right', said: 'lossy but said', silent: 'lossy in silence', wrong: 'wrong' };

export function judgements() {
  return treeNames.map(judge);
}

/** `37 right, 2 lossy but said, 0 lossy in silence, 0 wrong`. */
export function counts(all) {
  return Object.entries(WORDS)
    .map(([verdict, word]) => `${all.filter((each) => each.verdict === verdict).length} ${word}`)
    .join(', ');
}

export function withTrialTable(page) {
  const all = judgements();
  const [ofPublic, made] = [
    all.filter(({ trial }) => trial.from !== undefined),
    all.filter(({ trial }) => trial.from === undefined),
  ];
  const rows = [...ofPublic, ...made].map(({ trial, verdict }) => {
    const files = Object.keys(trial.files);
    const source = trial.from ?? `${trial.name}: ${files.slice(0, 2).join(', ')}${files.length > 2 ? ' …' : ''}`;
    return `| ${cell(source)} | ${WORDS[verdict]} | ${trial.lost.map((lost) => `\`${cell(lost)}\``).join(', ')} |`;
  });
  const table = [
    `${all.length} projects, ${ofPublic.length} of them public: ${counts(all)}.`,
    '',
    '| project | result | reported as missing |',
    '| --- | --- | --- |',
    ...rows,
  ];
  return page.replace(
    /(<!-- trial:start -->\n)[^]*?(<!-- trial:end -->)/,
    (_, start, end) => `${start}\n${table.join('\n')}\n\n${end}`,
  );
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
