// What a process-compose file says for all of its processes together.

import type { Folder } from '../facts/folder.ts';
import type { SourceMap } from '../ledger/source-map.ts';

/** What the whole file says for each of its processes. */
export interface ProjectContext {
  readonly folder: Folder;
  readonly file: string;
  readonly names: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** False with `disable_env_expansion`: then a dollar is a dollar. */
  readonly expands: boolean;
  /** Of all processes, as the file has it. */
  readonly environment: unknown;
  readonly shell: { readonly command: string; readonly argument: string } | undefined;
  readonly vars: SourceMap;
}
