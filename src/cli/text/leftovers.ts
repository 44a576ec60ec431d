// What a stop could not end, in words.

import { printable } from '../../core/output/log-line.ts';
import type { HeldPort } from '../../core/session/inspection.ts';
import type { ShutdownReport } from '../../core/session/session.ts';
import { EXIT, type ExitCode } from '../../errors.ts';
import type { Output } from '../context/output.ts';

/** Names each process that is still there, and each port that is still held; exit code 1 if there is any, else `otherwise`. */
export function complainAboutLeftovers(
  output: Output,
  { leftovers, heldPorts = [], containers = [], containersUnseen }: ShutdownReport,
  otherwise: ExitCode = EXIT.ok,
): ExitCode {
  const mark = output.paintTalk('fail', '✖');
  for (const { service, name } of containers) output.complain(`${mark} ${service}: the container ${name} still runs`);
  if (containersUnseen !== undefined)
    output.complain(`${mark} Cannot check whether a container is left: ${containersUnseen}.`);
  if (leftovers.length > 0) output.complain(`${output.paintTalk('fail', '✖')} These processes survived SIGKILL:`);
  for (const { service, pid, name } of leftovers) output.complain(`  ${service}: ${named({ pid, name })}`);
  complainAboutHeldPorts(output, heldPorts);
  const isClear = leftovers.length + heldPorts.length + containers.length === 0 && containersUnseen === undefined;
  return isClear ? otherwise : EXIT.notReady;
}

/** They are not ours to prove, so they were not signalled: the person decides. */
export function complainAboutHeldPorts(output: Output, heldPorts: readonly HeldPort[]): void {
  for (const { service, port, owners } of heldPorts) {
    const holders = owners.length === 0 ? 'a process that is hidden from us' : owners.map(named).join(', ');
    const mark = output.paintTalk('fail', '✖');
    output.complain(
      `${mark} ${service} is stopped, but ${holders} holds its port ${port}, and began after ${service} did.`,
    );
    output.complain(
      `  Nothing proves that it came from ${service}, so it was left alone: ./dev ports ${port}, ./dev kill ${port}`,
    );
  }
}

function named({ pid, name }: { readonly pid: number; readonly name: string }): string {
  return `${printable(name, 40)} (pid ${pid})`;
}
