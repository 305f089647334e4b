import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

describe('an ES module', () => {
  it('awaits', async () => { assert.equal(await wait(1, 'x'), 'x'); });
  it('knows its file', () => assert.match(import.meta.filename, /module\.mjs$/));
  it('is pending');
  it('sees the setup', function () { if (!globalThis.setup) this.skip(); });
});
