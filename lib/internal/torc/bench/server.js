'use strict';

// The user's server: started, found answering, and ended with all its children. What goes wrong is a BenchError, whose
// message is for the user.

const fs = require('fs');
const http = require('http');
const net = require('net');
const path = require('path');
const { spawn } = require('child_process');
const { createHash } = require('crypto');
const { setTimeout: sleep } = require('timers/promises');
const { listeningPorts } = require('internal/torc/bench/machine');
const probe = require('internal/torc/bench/probe');

class BenchError extends Error {}

const ASK_EVERY_MS = 50;
const ANSWER_LIMIT_MS = 5000;
const STOP_LIMIT_MS = 3000;
const OUTPUT_SHOWN = 2000; // characters
const STATUS_OK = 200;

// One request on a connection of its own.
function get(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, timeout: ANSWER_LIMIT_MS }, (response) => {
      const hash = createHash('sha256');
      const address = response.socket.remoteAddress;
      response.on('data', (chunk) => hash.update(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({
        address, status: response.statusCode, location: response.headers.location, body: hash.digest('hex'),
      }));
    });
    request.on('timeout', () => {
      const error = new Error(`no answer within ${ANSWER_LIMIT_MS / 1000} s`);
      error.code = 'ETIMEDOUT';
      request.destroy(error);
    });
    request.on('error', reject);
  });
}

function isListening(url) {
  return new Promise((resolve) => {
    const socket = net.connect(Number(url.port || 80), url.hostname.replace(/^\[|\]$/g, ''));
    socket.on('connect', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}

// Nobody else may answer in the server's place. Who was just stopped may take a moment to go.
async function expectSilence(url, limitMs) {
  for (const end = Date.now() + limitMs; await isListening(url);) {
    if (Date.now() >= end) throw new BenchError(`something listens at ${url.host} already; stop it first`);
    await sleep(ASK_EVERY_MS);
  }
}

class Server {
  #child;
  #dir;
  #output;
  #ended = null; // a sentence
  #exit;

  // config: as args.js has it; io: the back end; command: what comes before torc, to choose processors.
  constructor(config, io, dir, command) {
    this.url = config.url;
    this.#dir = fs.mkdtempSync(path.join(dir, `${io}-`));
    this.#output = path.join(this.#dir, 'output');
    const words = [...command, process.execPath, `--io=${io}`, '-r', probe.write(this.#dir), config.app,
                   ...config.appArgs];
    const fd = fs.openSync(this.#output, 'w');
    this.#child = spawn(words[0], words.slice(1), { detached: true, stdio: ['ignore', fd, fd] });
    fs.closeSync(fd);
    this.#exit = new Promise((resolve) => {
      const ended = (how) => { this.#ended = how; resolve(); };
      this.#child.on('error', (error) => ended(`could not be started: ${error.message}`));
      this.#child.on('exit', (code, signal) => ended(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  // What the server printed last, for error messages.
  #said() {
    const text = fs.readFileSync(this.#output, 'utf8').trimEnd().slice(-OUTPUT_SHOWN);
    return text ? `; it said:\n${text}` : ' and printed nothing';
  }

  expectRunning() {
    if (this.#ended) throw new BenchError(`the server ${this.#ended}${this.#said()}`);
  }

  #explainSilence(error, seconds) {
    const ports = listeningPorts(this.pid);
    const where = ports.length ? `it listens on port ${ports.join(', ')}` : 'it listens nowhere';
    return new BenchError(`the server runs, but nothing answers at ${this.url} after ${seconds} s ` +
      `(${error.code ?? error.message}): ${where}${this.#said()}`);
  }

  // Resolves with the first answer, when there is one with status 200.
  async ready(seconds) {
    for (const end = Date.now() + seconds * 1000; ;) {
      this.expectRunning();
      try {
        const answer = await get(this.url);
        this.expectRunning();
        if (answer.status === STATUS_OK) return answer;
        const to = answer.location ? ` (to ${answer.location})` : '';
        throw new BenchError(`${this.url} answers with status ${answer.status}${to}; only 200 is measured`);
      } catch (error) {
        if (error instanceof BenchError) throw error;
        this.expectRunning();
        if (Date.now() >= end) throw this.#explainSilence(error, seconds);
      }
      await sleep(ASK_EVERY_MS);
    }
  }

  // The sums over its processes.
  async counters(io) {
    const all = await probe.counters(this.#dir);
    if (all.length === 0) throw new BenchError('the server has no process of torc to ask for its counters');
    const other = all.find((one) => one.backend !== io);
    if (other) throw new BenchError(`a process of the server runs on ${other.backend} instead of ${io}`);
    return {
      calls: all.reduce((sum, one) => sum + one.calls, 0),
      enters: all.reduce((sum, one) => sum + one.enters, 0),
    };
  }

  kill(signal) {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Nobody is left.
    }
  }

  async stop() {
    if (this.pid === undefined) return;
    this.kill('SIGTERM');
    await Promise.race([this.#exit, sleep(STOP_LIMIT_MS, undefined, { ref: false })]);
    this.kill('SIGKILL');
    await this.#exit;
  }
}

module.exports = { BenchError, Server, STOP_LIMIT_MS, expectSilence, get };
