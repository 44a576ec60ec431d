// Faults around ports: who has one, who seems to have one, and what happens to it between two looks.

import { faultNotRun } from './fault.ts';

faultNotRun({ id: 'A8', fault: 'macOS ControlCenter has port 5000 or 7000' }, 'macOS only');
