// The masker of this process's session. It knows the caller's secrets from the beginning, because what goes wrong before
// a session is there is written down as well.

import { Masker } from '../../core/secrets/masker.ts';

export const sessionMasker = new Masker();
sessionMasker.learn(process.env);
