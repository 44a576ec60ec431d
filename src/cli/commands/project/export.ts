// `export`: the services for an existing engine. On stdout, or as files in a folder.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DevError, EXIT, messageOf, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { composeFile } from '../../export/compose.ts';
import { kubernetesManifest } from '../../export/kubernetes.ts';
import { procfile } from '../../export/procfile.ts';
import { systemdUnits } from '../../export/systemd.ts';
import type { Project } from '../../../core/model/project.ts';

const TARGETS = ['compose', 'kubernetes', 'systemd', 'procfile'] as const;
type Target = (typeof TARGETS)[number];

interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const [written = ''] = names;
  const target = TARGETS.find((name) => name === written);
  if (target === undefined) {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: written === '' ? 'export needs a target.' : `${JSON.stringify(written)} is not a target.`,
      hint: `one of ${TARGETS.join(', ')}: ./dev export compose`,
    });
  }
  const files = filesFor(target, await context.loadProject());
  if (options.output === undefined) {
    const texts = files.map(({ name, text }) => (files.length === 1 ? text : `# ── ${name}\n${text}`));
    context.output.print(texts.join('\n').trimEnd());
    return EXIT.ok;
  }
  writeAll(options.output, files, { replace: options.force === true });
  context.output.say(`Wrote ${files.map(({ name }) => `${options.output}/${name}`).join(', ')}.`);
  return EXIT.ok;
}

/** All or none, as far as names go. @throws DevError `refused` when one is there */
function writeAll(folder: string, files: readonly ExportedFile[], { replace }: { readonly replace: boolean }): void {
  const taken = files.map(({ name }) => join(folder, name)).find((path) => existsSync(path));
  if (taken !== undefined && !replace) {
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.notReady,
      message: `${taken} already exists; nothing was written.`,
      hint: 'choose another folder with -o, or replace it with --force',
    });
  }
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
  } catch (cause) {
    const message = `The files could not be written: ${messageOf(cause)}.`;
    throw new DevError({ code: 'refused', exitCode: EXIT.notReady, message, hint: 'another folder', cause });
  }
}

function filesFor(target: Target, project: Project): readonly ExportedFile[] {
  const hasDockerfile = (folder: string): boolean => existsSync(join(folder, 'Dockerfile'));
  switch (target) {
    case 'compose':
      return [{ name: 'compose.export.yaml', text: composeFile(project, hasDockerfile) }];
    case 'kubernetes':
      return [{ name: 'kubernetes.yaml', text: kubernetesManifest(project) }];
    case 'systemd':
      return systemdUnits(project);
    default:
      return [{ name: 'Procfile', text: procfile(project) }];
  }
}
