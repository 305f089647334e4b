import express from 'express';
import { Store } from './store.js';

export async function serve(file: string) {
  const store = await new Store(file).load();
  const app = express();
  app.use(express.json());
  app.get('/items', (req, res) => res.json(store.all()));
  app.post('/items', async (req, res) => {
    if (typeof req.body?.title !== 'string') return res.status(400).json({ error: 'a title, please' });
    res.status(201).json(await store.add(req.body.title));
  });
  app.delete('/items/:id', async (req, res) =>
    res.status((await store.remove(Number(req.params.id))) ? 204 : 404).end(),
  );
  const listening = Promise.withResolvers<void>();
  const server = app.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
