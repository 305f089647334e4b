'use strict';
// Verdicts of the peers (Node too) do not change while their binary and the tests stay the same: they are
// kept in one file for each pair of hashes.

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

// Raise when verdicts may change because tests are run in another way.
const HARNESS = '1';
const KEY_LEN = 16;
const CHUNK = 1 << 20;

function hashFile(file) {
  const hash = crypto.createHash('sha256');
  const fd = fs.openSync(file);
  const chunk = Buffer.alloc(CHUNK);
  for (let len; (len = fs.readSync(fd, chunk)) > 0;) hash.update(chunk.subarray(0, len));
  fs.closeSync(fd);
  return hash.digest('hex');
}

class VerdictCache {
  #file;
  #results;

  // corpusHash: of the tests.
  constructor(dir, runtime, binary, corpusHash) {
    const key = crypto.createHash('sha256');
    key.update(hashFile(binary)).update(corpusHash).update(HARNESS);
    this.#file = path.join(dir, `${runtime}-${key.digest('hex').slice(0, KEY_LEN)}.json`);
    this.#results = new Map(fs.existsSync(this.#file) ? JSON.parse(fs.readFileSync(this.#file, 'utf8')) : []);
  }

  get(name) { return this.#results.get(name); }

  has(name) { return this.#results.has(name); }

  // Adds a Map of results; the file is replaced at once, so that two runs do not mix halves.
  save(results) {
    for (const [name, result] of results) this.#results.set(name, result);
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    const temp = `${this.#file}.${process.pid}`;
    fs.writeFileSync(temp, JSON.stringify([...this.#results]));
    fs.renameSync(temp, this.#file);
  }
}

module.exports = { VerdictCache, hashFile };
