import { threadId } from 'node:worker_threads';

export default ({ a, b }) => a + b;
export const fails = () => { throw new RangeError('mine'); };
export const spins = () => { for (;;); };
export const thread = () => threadId;
export const inProcess = () => typeof process.send;
