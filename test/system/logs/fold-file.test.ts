import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FoldFile, foldPath, readFolds } from '../../../src/system/logs/fold-file.ts';
import { createTempProject } from '../../helpers/temp-project.ts';

const AT_MS = Date.UTC(2026, 0, 2);

function foldFile() {
  const path = foldPath(join(createTempProject().root, 'logs/web.log'));
  return { path, file: new FoldFile(path) };
}

describe('the folds of a log', () => {
  it('are recognised by time and text, each as often as it was folded', () => {
    const { path, file } = foldFile();
    expect(readFolds(path)).toBeUndefined();
    file.add(AT_MS, 'GET /health 200');
    file.add(AT_MS + 5, 'GET /health 200');
    const folds = readFolds(path);
    expect(folds?.oldestMs).toBe(AT_MS);
    expect(folds?.take({ timeMs: AT_MS, text: 'GET /health 200' })).toBe(true);
    expect(folds?.take({ timeMs: AT_MS, text: 'GET /health 200' })).toBe(false);
    expect(folds?.take({ timeMs: AT_MS + 5, text: 'GET /health 404' })).toBe(false);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('stay small: the older half goes', () => {
    const { path, file } = foldFile();
    file.add(AT_MS, 'first');
    const line = readFileSync(path, 'utf8');
    writeFileSync(path, line.repeat(Math.ceil((513 * 1024) / line.length)));
    file.add(AT_MS + 1, 'last');
    expect(statSync(path).size).toBeLessThan(300 * 1024);
    expect(readFolds(path)?.take({ timeMs: AT_MS + 1, text: 'last' })).toBe(true);
  });

  it('are none where the file holds something else', () => {
    const { path, file } = foldFile();
    file.add(AT_MS, 'x');
    writeFileSync(path, 'What is this?\n\u0000\n');
    expect(readFolds(path)).toBeUndefined();
  });
});
