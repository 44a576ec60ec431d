// The config of a project as files: how the session reads them, and how it hears that they change.

import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { loadProject } from '../config/load.ts';
import type { LoadOptions } from '../config/cached-project.ts';
import type { Project } from '../core/project.ts';
import type { ConfigFiles } from '../supervisor/config-follower.ts';
import type { Clock, FileWatch } from '../system/system.ts';

/** Where the system watches no more files, they are looked at so often. */
const POLL_EVERY_MS = 2_000;

interface ConfigFilesOptions {
  /** Where the project was read from. */
  readonly load: LoadOptions;
  readonly project: Project;
  readonly clock: Clock;
  readonly fileWatch: FileWatch;
  readonly onProblem: (problem: string) => void;
}

export function createConfigFiles({ load, project, clock, fileWatch, onProblem }: ConfigFilesOptions): ConfigFiles {
  const { configFile } = project;
  const name = basename(configFile);
  const files = [configFile, `${configFile}.local`];
  return {
    name,
    read: () => loadProject(load),
    watch: (onChange) => {
      const names = files.map((file) => literal(basename(file)));
      let isOver = false;
      const poll = (before: string): void => {
        clock.after(POLL_EVERY_MS, () => {
          if (isOver) return;
          const now = stampsOf(files);
          if (now !== before) onChange();
          poll(now);
        });
      };
      const stop = fileWatch.watch({
        root: dirname(configFile),
        globs: names,
        onChange,
        onProblem: (problem) => {
          onProblem(`${name}: ${problem}; looking at it every ${POLL_EVERY_MS / 1000} s instead`);
          poll(stampsOf(files));
        },
      });
      return () => {
        isOver = true;
        stop();
      };
    },
  };
}

/** A glob that matches this name alone. */
function literal(name: string): string {
  return name.replaceAll(/[\\*?[\]{}()!+@]/g, (character) => `\\${character}`);
}

function stampsOf(files: readonly string[]): string {
  const stats = files.map((file) => statSync(file, { throwIfNoEntry: false }));
  return stats.map((stat) => (stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`)).join();
}
