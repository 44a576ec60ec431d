// The first frame of a plain `./dev`, before the commands are even loaded: a person who looks sees the project and its
// services half as late. Only where it is sure to be right: a person at a full terminal, configs that were parsed before.
// Trap: this is a bundle of its own, loaded before everything else, so every import is paid for by the first frame; and
// an error here happens again on the usual way, which reports it.

import { worktreeOf } from '../config/worktree.ts';
import { projectLabel } from '../format/address.ts';
import { isatty } from 'node:tty';
import { whyNoScreen } from '../cli/context/face.ts';
import { lookUpProject } from '../config/cached-project.ts';
import { findProjectRoot } from '../config/find.ts';
import type { Project } from '../core/model/project.ts';
import { configCacheDir } from '../system/state/runtime-dir.ts';
import { firstFrame } from '../tui/loop/first-frame.ts';
import { createScreenPlace, type ScreenPlace } from './screen/screen-place.ts';
import { knownUserConfig } from './screen/user-config.ts';

/** The screen entered and its first frame drawn; keys are kept until it is used. Undefined: nothing was done. */
export function openEarlyScreen(): ScreenPlace | undefined {
  const { env } = process;
  if (whyNoScreen({ hasInput: isatty(0), hasOutput: isatty(1) }, env) !== undefined) return undefined;
  const project = knownProject();
  const userConfig = knownUserConfig(env);
  if (project === undefined || userConfig === undefined || userConfig.screen === 'plain') return undefined;
  const names = {
    projectName: projectLabel(project.name, project.root, worktreeOf(project.root)),
    serviceNames: project.services.map(({ name }) => name),
  };
  const place = createScreenPlace(process, names, { config: userConfig, problem: undefined });
  const { terminal, compositor, initial, theme } = place;
  terminal.enter();
  compositor.resize(terminal.size());
  compositor.setPanes([firstFrame(initial, theme)]);
  compositor.flush();
  return place;
}

function knownProject(): Project | undefined {
  const { env } = process;
  try {
    return lookUpProject({ root: findProjectRoot('.'), env, cacheDir: configCacheDir(env) }).cached;
  } catch {
    return undefined;
  }
}
