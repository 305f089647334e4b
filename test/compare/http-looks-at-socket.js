'use strict';
// Alone
// A program may look at the socket of a request at any time: it is there, and what follows goes on as if it had
// been looked at from the start.
const net = require('net');
const { setTimeout } = require('timers/promises');
const { close, exchange, listen, logEvents } = require('../common/http.js');

const GET = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

function look(req, res, log) {
  const { socket } = req;
  log.push([socket instanceof net.Socket, socket.remoteAddress, req.connection === socket, res.socket === socket,
            socket.server !== undefined, socket._httpMessage === res].join());
}

const times = {
  'never': (req, res) => res.end(req.url),
  'before the end': (req, res, log) => {
    look(req, res, log);
    res.end(req.url);
  },
  'after the head': (req, res, log) => {
    res.writeHead(200, { 'Content-Length': req.url.length, 'A': 'b' });
    look(req, res, log);
    res.end(req.url);
  },
  'after the end': (req, res, log) => {
    res.end(req.url);
    look(req, res, log);
  },
  'in finish': (req, res, log) => {
    res.on('finish', () => log.push(`${req.socket.remoteAddress} ${res.socket}`));
    res.end(req.url);
  },
  'much later': (req, res, log) => {
    setTimeout(20).then(() => {
      look(req, res, log);
      res.end(req.url);
    });
  },
  'with a body': (req, res, log) => {
    let size = 0;
    req.on('data', (data) => {
      if (size === 0) look(req, res, log);
      size += data.length;
    });
    req.on('end', () => res.end(`${size}`));
  },
  'after the body': (req, res, log) => {
    req.resume().on('end', () => {
      look(req, res, log);
      res.end(req.url);
    });
  },
  'close listener': (req, res, log) => {
    req.socket.once('close', () => log.push('socket close'));
    res.end(req.url);
  },
};

const inputs = {
  'one by one': [GET, POST, '01234', '56789', LAST],
  'together': [GET + GET + POST + '0123456789' + LAST],
  'in pieces': [...(POST + '0123456789' + LAST)],
};

(async () => {
  for (const [time, handler] of Object.entries(times)) {
    for (const [input, pieces] of Object.entries(inputs)) {
      const log = [];
      const server = await listen((req, res) => {
        log.push(`request ${req.url}`);
        logEvents(log, `req ${req.url}`, req, ['end', 'close', 'aborted', 'error']);
        logEvents(log, `res ${req.url}`, res, ['finish', 'close', 'error']);
        handler(req, res, log);
      });
      const text = await exchange(server.address().port, pieces);
      await close(server);
      await setTimeout(10);
      // How pieces come together on their way decides between which of them ticks run.
      console.log(`--- ${time}, ${input}\n${text}\n${(input === 'together' ? log : log.toSorted()).join('\n')}`);
    }
  }
})();
