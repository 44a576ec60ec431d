// Loaded before devdeck by a Node that is not pinned. Written so that even a very old one can read it.
'use strict';
var numbers = process.versions.node.split('.').map(Number);
if (numbers[0] < 22 || (numbers[0] === 22 && numbers[1] < 13)) {
  console.error('devdeck needs Node.js 22.13 or newer, but ' + process.execPath + ' is ' + process.versions.node + '.');
  console.error('Next: install a newer one from https://nodejs.org, or beside devdeck: npm install --save-dev node@24');
  process.exit(127);
}
