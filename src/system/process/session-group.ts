// A control group of the session, in which each run has one of its own. See linux/control-group.ts for how it is made.

/** The group of what runs beside the services: health commands, hooks, stop commands. */
export const HELPERS = 'helpers';

export interface SessionGroup {
  /** Its folder in the file system of control groups. */
  readonly path: string;
  /**
   * Calls `start`: what it starts is born into the group `name`, made when there is none. `group` is the folder of that
   * group, and undefined when it could not be had; `start` is called all the same.
   */
  startIn<Started>(
    name: string,
    start: () => Started,
  ): { readonly started: Started; readonly group: string | undefined };
  /** Whether everything that was started so far was born into a group. */
  isWhole(): boolean;
  /** Puts this process back where it was started, and removes the group unless somebody is in it. */
  close(): Promise<void>;
}
