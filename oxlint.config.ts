// The linter's rules. Who may import whom follows from scripts/rooms.mjs. The linter does not look into `import()`;
// `npm run house` does.

import { builtinModules } from 'node:module';
import { relative } from 'node:path';
import packageJson from './package.json' with { type: 'json' };
import { folderRules, mayUsePackage, whyNoPackage, whyNot } from './scripts/rooms.mjs';

const packages = [...Object.keys(packageJson.dependencies), ...builtinModules.map((name) => `node:${name}`)];
const rules = folderRules();

const roomRules = rules.map((rule) => ({
  files: [`src/${rule.folder}/*`],
  rules: {
    'typescript/no-restricted-imports': [
      'error',
      { patterns: [...forbiddenFolders(rule), ...forbiddenPackages(rule)] },
    ],
  },
}));

type Rule = (typeof rules)[number];

function forbiddenFolders(rule: Rule) {
  return rules
    .map(({ folder }) => folder)
    .filter((folder) => folder !== rule.folder && !rule.values.includes(folder))
    .map((folder) => ({
      regex: `^${specifierOf(rule.folder, folder)}/[^/]+$`,
      message: whyNot(rule, folder),
      allowTypeImports: rule.types.includes(folder),
    }));
}

function forbiddenPackages(rule: Rule) {
  const forbidden = packages.filter((name) => !mayUsePackage(rule, name));
  if (forbidden.length === 0) return [];
  const regex = `^(?:${forbidden.map(escape).join('|')})$`;
  return [{ regex, message: whyNoPackage(rule), allowTypeImports: true }];
}

/** How a file of one folder names another folder, as a pattern. */
function specifierOf(from: string, to: string): string {
  const path = relative(from, to);
  return escape(path.startsWith('.') ? path : `./${path}`);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

export default {
  plugins: ['typescript', 'import', 'react', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'off' },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'react/rules-of-hooks': 'error',
    'react/exhaustive-deps': 'error',
    'react/react-in-jsx-scope': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'no-shadow': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/consistent-function-scoping': 'off',
  },
  ignorePatterns: ['dist', 'node_modules'],
  overrides: [
    {
      files: ['vitest.config.ts', 'oxlint.config.ts', 'scripts/**', 'examples/**'],
      rules: { 'import/no-default-export': 'off' },
    },
    ...roomRules,
    {
      // The core has no clock, no timer and no process: time comes with each input.
      files: ['src/core/**'],
      rules: {
        'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'process', 'Buffer'],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now' },
          { object: 'performance', property: 'now' },
        ],
      },
    },
  ],
};
