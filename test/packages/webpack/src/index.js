import text from './words.txt';
import upper from './words.upper';
import picture from './picture.svg';
import { used } from './shaken.js';
const common = require('./common.cjs');

console.log(VERSION, text.trim(), upper, picture.endsWith('.svg'), used(), common.name);
import('./lazy.js').then(({ default: lazy }) => console.log(lazy));
if (process.argv[2] === 'fail') common.fail();
