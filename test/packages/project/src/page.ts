import type { Item } from './store.js';

async function show(): Promise<void> {
  const items = (await (await fetch('/items')).json()) as Item[];
  document.body.replaceChildren(
    ...items.map(({ title }) => Object.assign(document.createElement('li'), { innerText: title })),
  );
}
void show();
