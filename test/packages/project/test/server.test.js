import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../dist/server.js';

describe('the to-do service', () => {
  let dir;
  let server;
  const post = (value) =>
    fetch(`${server.url}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'to-do-'));
    server = await serve(join(dir, 'items.json'));
  });
  afterEach(async () => {
    server.close();
    await rm(dir, { recursive: true });
  });

  it('starts empty', async () => assert.deepEqual(await (await fetch(`${server.url}/items`)).json(), []));
  it('adds', async () => {
    assert.equal((await post({ title: 'milk' })).status, 201);
    assert.deepEqual(JSON.parse(await readFile(join(dir, 'items.json'), 'utf8')), [
      { id: 1, title: 'milk', done: false },
    ]);
  });
  it('refuses', async () => assert.equal((await post({})).status, 400));
  it('removes', async () => {
    await post({ title: 'milk' });
    const remove = () => fetch(`${server.url}/items/1`, { method: 'DELETE' });
    assert.deepEqual([(await remove()).status, (await remove()).status], [204, 404]);
  });
});
