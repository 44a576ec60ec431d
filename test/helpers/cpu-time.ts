// What a piece of work costs, told by processor time: unlike the wall clock it does not count the time in which other
// tests, or other programs, had the processor.

/** Milliseconds of processor time that this process spends while `task` runs. */
export async function cpuMs(task: () => void | Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
