// Runs a task that may never end by itself, as a regular expression of somebody else's may: `(a+)+$` on the wrong line
// takes longer than the universe lasts. Node can interrupt a running expression in one way only, through a script.
// Costs about 0.1 ms a call, so it is used for batches, and for single lines only where the expression is a suspect.

import { createContext, Script, type Context } from 'node:vm';

let context: (Context & { task?: () => unknown }) | undefined;
let script: Script | undefined;

/** What the task returns, or undefined when it was ended after `limitMs`. Tasks must not be nested. */
export function withinTime<Result extends object>(limitMs: number, task: () => Result): Result | undefined {
  context ??= createContext({});
  script ??= new Script('task()');
  context.task = task;
  try {
    return script.runInContext(context, { timeout: limitMs }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    delete context.task;
  }
}
