// Which platform is used: the one place where this is decided.

import { createLinuxPlatform } from '../../system/linux/linux.ts';
import type { Platform } from '../../system/platform.ts';
import { createPortablePlatform } from '../../system/portable/portable.ts';

/** For tests and for those who work on devdeck: `portable` runs on Linux what runs elsewhere. */
const FORCED = process.env['DEVDECK_PLATFORM'];

export function createPlatform(): Platform {
  return process.platform === 'linux' && FORCED !== 'portable' ? createLinuxPlatform() : createPortablePlatform();
}
