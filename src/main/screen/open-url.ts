// Opens a page in the person's browser, by the program that their desktop has for it.

import { startBeside } from '../../system/process/side-programs.ts';

/** Does nothing for anything but http and https, and when there is no browser. */
export function openUrl(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return;
  const program = process.platform === 'darwin' ? 'open' : process.env['WSL_DISTRO_NAME'] ? 'wslview' : 'xdg-open';
  // Without such a program the URL on the screen is what there is.
  startBeside(program, [new URL(url).href]);
}
