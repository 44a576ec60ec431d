// The platform that was chosen.

import { createLinuxPlatform } from '../../system/linux/linux.ts';
import type { Platform } from '../../system/platform.ts';
import { createPortablePlatform } from '../../system/portable/portable.ts';
import { IS_LINUX } from './platform-choice.ts';

export function createPlatform(): Platform {
  return IS_LINUX ? createLinuxPlatform() : createPortablePlatform();
}
