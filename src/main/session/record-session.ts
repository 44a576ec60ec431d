// Where a recording of the session goes: DEVDECK_RECORD names the file.

import { createHmac, randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import type { Project } from '../../core/model/project.ts';
import type { Masker } from '../../core/secrets/masker.ts';
import type { Clock } from '../../system/system.ts';
export { feedRecording } from '../../supervisor/chronicle/recording-feed.ts';
import { systemReason } from '../../system-error.ts';
import { Recorder } from '../../supervisor/recording/recorder.ts';

/** A session that was forgotten with its recording on does not fill the disk. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Undefined unless a file is named. Services do not inherit the name: a devdeck among them would write there too. */
export function createRecorder(
  env: Record<string, string | undefined>,
  session: { readonly project: Project; readonly masker: Masker; readonly clock: Pick<Clock, 'nowMs' | 'wallMs'> },
  onProblem: (message: string) => void,
): Recorder | undefined {
  const file = env['DEVDECK_RECORD'];
  delete env['DEVDECK_RECORD'];
  if (file === undefined || file === '') return undefined;
  const salt = randomBytes(16);
  try {
    const fd = openSync(file, 'w', 0o600);
    const { project, masker, clock } = session;
    return new Recorder({
      project,
      masker,
      version: DEVDECK_VERSION,
      wallOffsetMs: clock.wallMs() - clock.nowMs(),
      write: createWriter(fd, onProblem),
      digest: (value) => createHmac('sha256', salt).update(value).digest('hex').slice(0, 8),
    });
  } catch (error) {
    onProblem(`${file} cannot be written: ${systemReason(error)}`);
    return undefined;
  }
}

/** After the first problem nothing more is written: a recording with a gap cannot be replayed. */
function createWriter(fd: number, onProblem: (message: string) => void): (line: string) => void {
  let bytes = 0;
  let isOver = false;
  return (line) => {
    if (isOver) return;
    try {
      bytes += writeSync(fd, `${line}\n`);
      if (bytes > MAX_BYTES) throw new Error(`the recording is longer than ${MAX_BYTES} bytes, and ends here`);
    } catch (error) {
      isOver = true;
      onProblem(String(error));
    }
  };
}
