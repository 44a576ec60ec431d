// Which platform is used: the one place where this is decided. Apart from platform.ts because the entry of the supervisor
// needs the decision before it has loaded a platform.

/** For tests and development: `portable` uses the back end of other systems on Linux. */
const FORCED = process.env['DEVDECK_PLATFORM'];

export const IS_LINUX = process.platform === 'linux' && FORCED !== 'portable';
