// The locale of the environment.

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the locale is known not to be UTF-8, and on the Linux console, whose font has few glyphs. */
export function wantsAscii(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'UTF-8';
  return env['TERM'] === 'linux' || !/utf-?8/i.test(locale);
}

/** An instant as the clock on the wall has it, with its distance to UTC: `2026-01-31T13:00:00.000+01:00`. */
export function localTime(time: string): string {
  const date = new Date(time);
  const offsetMinutes = -date.getTimezoneOffset();
  if (Number.isNaN(offsetMinutes) || offsetMinutes === 0) return time;
  const shifted = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${shifted}${offsetMinutes < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}
