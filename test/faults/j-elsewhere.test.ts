// What only another system can do. Told, so that nobody takes a row that is missing for one that holds.

import { faultNotRun } from './fault.ts';

faultNotRun({ id: 'J1', fault: 'macOS has no /proc to find processes that left their group' }, 'macOS only');
faultNotRun({ id: 'J2', fault: 'lsof is slow, or prints another format' }, 'macOS only');
faultNotRun({ id: 'J3', fault: 'socket paths of 104 bytes, 256 open files, few pseudo-terminals' }, 'macOS only');
faultNotRun({ id: 'J4', fault: 'Windows has no signals and no process groups' }, 'Windows only; WSL is Linux');
faultNotRun({ id: 'J5', fault: 'Windows without wmic, reserved names, locked files' }, 'Windows only; WSL is Linux');
