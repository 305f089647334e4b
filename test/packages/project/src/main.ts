#!/usr/bin/env node
import { serve } from './server.js';

const server = await serve(process.argv[2] ?? 'items.json');
const answer = await fetch(`${server.url}/items`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ title: 'from the command' }),
});
console.log(answer.status, await answer.json());
server.close();
