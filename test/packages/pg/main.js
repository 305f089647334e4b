'use strict';
// A PostgreSQL client: SCRAM, parameters and results of many types, prepared statements, errors with their
// fields, transactions and locks, pools, LISTEN and NOTIFY, cursors, streams, cancelling, lost connections.

const { once } = require('node:events');
const { pipeline } = require('node:stream/promises');
const pg = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');

const failing = (promise) =>
  promise.then(
    (value) => ['resolved', value],
    ({ name, code, severity, detail, constraint, position, message }) => ({
      name,
      code,
      severity,
      detail,
      constraint,
      position,
      message,
    }),
  );

async function types(client) {
  const { rows, fields, command, rowCount } = await client.query(
    `select $1::int as int, $2::bigint as big, $3::numeric as num, $4::float8 as float, $5::text as text,
      $6::bytea as bytes,
      $7::timestamptz as at, $8::date as date, $9::jsonb as json,
      $10::int[] as ints, $11::text[] as texts, $12::bool as bool,
      $13::uuid as uuid, $14::interval as interval, null as nothing, point(1, 2) as point`,
    [
      42,
      9007199254740993n,
      '1.50',
      0.1,
      "it's ü",
      Buffer.from([0, 255]),
      new Date(0),
      '2026-11-21',
      { a: [1, null] },
      [1, 2],
      ['a,b', '"q"', null],
      true,
      '00000000-0000-4000-8000-000000000001',
      '1 day 02:03:04',
    ],
  );
  console.log(rows, command, rowCount, fields.map(({ name, dataTypeID }) => `${name} ${dataTypeID}`).join(', '));
  console.log((await client.query({ text: 'select 1, $1::text', values: ['x'], rowMode: 'array' })).rows);
  console.log((await client.query('select 1 as a; select 2 as b')).map(({ rows: [row] }) => row));
  const named = { name: 'twice', text: 'select $1::int * 2 as n' };
  for (const n of [1, 2, 3]) console.log((await client.query({ ...named, values: [n] })).rows[0].n);
  const big = 'x'.repeat(3_000_000);
  console.log((await client.query('select length($1) as n, $1 as back', [big])).rows[0].back === big);
  console.log(
    await Promise.all([1, 2, 3].map((n) => client.query('select $1::int as n', [n]).then(({ rows: [row] }) => row.n))),
  );
}

async function errors(client) {
  console.log(await failing(client.query('selec 1')));
  console.log(await failing(client.query('select 1 / $1::int', [0])));
  console.log(await failing(client.query('insert into items (name) values ($1)', ['lamp'])));
  console.log(await failing(client.query('select $1::int', ['x'])));
  console.log(await failing(client.query('select $1::int')));
  const notice = once(client, 'notice');
  await client.query("do $$ begin raise notice 'look: %', 42; end $$");
  console.log('notice:', (await notice)[0].message);
  console.log((await client.query('select 1 as still_there')).rows);
}

async function transactions(client, pool) {
  await client.query('begin');
  await client.query("insert into items (name, price) values ('gone', 1)");
  await client.query('rollback');
  await client.query('begin isolation level serializable');
  const {
    rows: [{ id }],
  } = await client.query("insert into items (name, price) values ('stays', 2.50) returning id");
  console.log('not seen outside:', (await pool.query('select count(*) from items where id = $1', [id])).rows[0].count);
  await client.query('savepoint s');
  console.log((await failing(client.query("insert into items (name) values ('stays')"))).code);
  console.log((await failing(client.query('select 1'))).message);
  await client.query('rollback to savepoint s');
  await client.query('commit');
  console.log((await pool.query('select name, price from items order by name')).rows);
}

async function pools(config) {
  const pool = new pg.Pool({ ...config, max: 3, idleTimeoutMillis: 0 });
  const seen = { connect: 0, acquire: 0 };
  for (const name of Object.keys(seen))
    pool.on(name, () => {
      seen[name]++;
    });
  const pids = await Promise.all(
    Array.from({ length: 30 }, () => pool.query('select pg_backend_pid() as pid').then(({ rows: [{ pid }] }) => pid)),
  );
  console.log('connections:', new Set(pids).size, pool.totalCount, pool.idleCount, pool.waitingCount);
  const all = await Promise.all([1, 2, 3].map(() => pool.connect()));
  const waiting = pool.query('select 7 as n');
  console.log('waiting:', pool.waitingCount);
  all.forEach((client) => client.release());
  console.log((await waiting).rows);
  const lost = [];
  const both = new Promise((resolve) =>
    pool.on('error', ({ code }) => {
      if (lost.push(code) === 2) resolve();
    }),
  );
  await pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name = $1',
    ['scenario'],
  );
  await both;
  console.log('lost:', lost, pool.totalCount);
  await pool.end();
  console.log(seen.connect, seen.acquire > 30, await failing(pool.query('select 1')));
}

async function notifications(client, pool) {
  const heard = [];
  const last = new Promise((resolve) =>
    client.on('notification', ({ channel, payload }) => {
      heard.push([channel, payload]);
      if (payload === 'last') resolve();
    }),
  );
  await client.query('listen news');
  await pool.query("notify news, 'one'");
  await pool.query('select pg_notify($1, $2)', ['news', 'zwölf']);
  await pool.query("notify other, 'not heard'");
  await pool.query("notify news, 'last'");
  await last;
  console.log(heard);
}

async function cursors(client) {
  const cursor = client.query(new Cursor('select n, n * n as square from generate_series(1, $1::int) n', [7]));
  for (let rows; (rows = await cursor.read(3)).length > 0;) console.log(rows.map(({ square }) => square));
  await cursor.close();
  let sum = 0;
  const stream = client.query(new QueryStream('select n from generate_series(1, 50000) n', [], { batchSize: 1000 }));
  await pipeline(stream, async (rows) => {
    for await (const { n } of rows) sum += n;
  });
  console.log('streamed:', sum);
  const stopped = client.query(new QueryStream('select n from generate_series(1, 50000) n'));
  for await (const { n } of stopped) if (n === 10) break;
  console.log('still there:', (await client.query('select 1 as n')).rows);
}

async function refusals(config) {
  const attempt = async (change) => {
    const client = new pg.Client({ ...config, ...change });
    const outcome = await failing(client.connect());
    await client.end().catch(() => {});
    return outcome;
  };
  console.log(await attempt({ password: 'wrong' }), await attempt({ database: 'none' }));
  console.log((await attempt({ port: 1 })).message);
  const slow = new pg.Client({ ...config, query_timeout: 50 });
  await slow.connect();
  console.log((await failing(slow.query('select pg_sleep(2)'))).message);
  await slow.end();
  const limited = new pg.Client({ ...config, statement_timeout: 50 });
  await limited.connect();
  console.log(await failing(limited.query('select pg_sleep(10)')));
  const lost = once(limited, 'error');
  const ended = failing(limited.query('select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)'));
  console.log(await ended, (await lost)[0].message, (await failing(limited.query('select 1'))).message);
}

async function main() {
  const config = { application_name: 'scenario' };
  const client = new pg.Client(config);
  await client.connect();
  await client.query('drop table if exists items');
  await client.query('create table items (id serial primary key, name text unique not null, price numeric(10, 2))');
  await client.query("insert into items (name, price) values ('lamp', 20), ('chair', 35.5)");
  const pool = new pg.Pool({ max: 2 });
  await types(client);
  await errors(client);
  await transactions(client, pool);
  await notifications(client, pool);
  await cursors(client);
  const local = new pg.Client({ host: process.env.PG_SOCKET });
  await local.connect();
  console.log('by the Unix socket:', (await local.query('select inet_client_addr() as address')).rows);
  await local.end();
  await client.end();
  await pool.end();
  await pools(config);
  await refusals(config);
}
main();
