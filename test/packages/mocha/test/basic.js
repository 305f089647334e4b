'use strict';
const assert = require('node:assert');

describe('a calculator', function () {
  let value;
  before(() => { value = 40; });
  beforeEach('count', () => { value++; });
  afterEach(function () { if (this.currentTest.title === 'never') throw new Error('not reached'); });

  it('adds', () => assert.strictEqual(value + 1, 42));
  it('fails with a difference', () => assert.deepStrictEqual({ a: [1, 2, { b: 'x' }] }, { a: [1, 3, { b: 'y' }] }));
  it('fails with strings', () => assert.strictEqual('one\ntwo\nthree', 'one\n2\nthree'));
  it('waits', async () => { await new Promise((resolve) => setTimeout(resolve, 5)); });
  it('calls back', (done) => { setImmediate(done); });
  it('calls back twice', (done) => { done(); done(); });
  it('takes too long', function (done) {
    this.timeout(50);
    setTimeout(done, 5000);
  });
  it('rejects', async () => { throw new RangeError('out of range', { cause: new Error('root') }); });
  it('throws later', (done) => { setTimeout(() => { throw new Error('thrown later'); }, 1); });
  it('is pending');
  it.skip('is skipped', () => {});
  it('skips itself', function () { this.skip(); });

  context('inner', () => {
    let tries = 0;
    it('retries', function () {
      this.retries(3);
      assert.ok(++tries > 2, `try ${tries}`);
    });
    for (const n of [1, 2]) it(`made ${n}`, () => {});
  });

  describe('a hook that fails', () => {
    before(() => { throw new Error('in a hook'); });
    it('never', () => {});
  });
});
