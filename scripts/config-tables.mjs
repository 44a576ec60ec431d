// Every key of the config as Markdown tables, from the schema and config/key-docs.
import { KEY_DOCS } from '../src/config/docs/key-docs.ts';
import { KEY_GROUPS } from '../src/config/rules/schema.ts';

/** What the schema says a value must be: the innermost text beside `optional` and `nullable`. */
function expectation(schema) {
  const { error, innerType } = schema.def;
  if (innerType !== undefined) return expectation(innerType);
  return error({});
}

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => `\`${cell(text)}\``;

export function configTable(group) {
  const { shape } = KEY_GROUPS[group];
  const rows = Object.entries(KEY_DOCS[group]).map(([key, doc]) => {
    const without = doc.default === undefined ? (doc.otherwise ?? '') : code(doc.default);
    return `| \`${key}\` | ${cell(doc.meaning)} | ${cell(expectation(shape[key]))} | ${without} | ${code(doc.example)} |`;
  });
  return ['| key | meaning | value | default | example |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** Fills every `<!-- keys of GROUP -->` … `<!-- end -->` of a page. */
export function withConfigTables(page) {
  return page.replace(
    /(<!-- keys of (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, start, group, end) => `${start}\n${configTable(group)}\n\n${end}`,
  );
}
