import './none.js';
import { missing } from './shaken.js';
missing();
let let;
