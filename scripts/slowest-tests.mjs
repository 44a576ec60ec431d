// A reporter of vitest that names the twenty tests and the twenty files that took longest. Used by `npm run test:slowest`,
// which takes the words behind it as the files to run: `npm run test:slowest -- test/ipc`.

const MOST = 20;

export default class SlowestTests {
  onTestRunEnd(modules) {
    const tests = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => ({
        what: `${test.module.relativeModuleId}: ${test.fullName}`,
        ms: test.diagnostic()?.duration ?? 0,
      }));
    const files = modules.map((module) => ({
      what: module.relativeModuleId,
      ms: [...module.children.allTests()].reduce((sum, test) => sum + (test.diagnostic()?.duration ?? 0), 0),
    }));
    for (const [title, rows] of [
      ['tests', tests],
      ['files', files],
    ]) {
      const sumMs = rows.reduce((sum, { ms }) => sum + ms, 0);
      const slowest = rows.toSorted((a, b) => b.ms - a.ms).slice(0, MOST);
      const share = slowest.reduce((sum, { ms }) => sum + ms, 0) / (sumMs || 1);
      console.log(
        `\nThe slowest ${slowest.length} of ${rows.length} ${title}, ${Math.round(share * 100)} % of their time:`,
      );
      for (const { what, ms } of slowest) console.log(`${(ms / 1000).toFixed(2).padStart(8)} s  ${what}`);
    }
  }
}
