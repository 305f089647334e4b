import { join } from 'node:path';
import text from './text.txt';
import virtual from 'virtual:thing';
import data from './data.json';

enum Kind { A = 'a', B = 'b' }
export const kinds = Object.values(Kind);
export const all = [join('a', 'b'), text, virtual, data.list.length];
export const lazy = () => import('./lazy');
export default class Thing<T> { constructor(public value: T, readonly kind = Kind.A) {} }
function unused() { return 'dropped'; }
