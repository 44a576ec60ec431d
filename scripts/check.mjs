// The steps that every change has to pass before the tests, in one list: `npm run check` runs them up to the first that
// fails, .ci/run asks for the list (`--list`) and runs each.
import { spawnSync } from 'node:child_process';

const STEPS = ['format:check', 'lint', 'types', 'unused', 'house', 'docs:check', 'build'];

if (process.argv.includes('--list')) console.log(STEPS.join('\n'));
else for (const step of [...STEPS, 'test']) run(step);

function run(step) {
  console.log(`── ${step}`);
  const { status } = spawnSync('npm', ['run', '--silent', step], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
