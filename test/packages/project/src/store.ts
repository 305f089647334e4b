import { readFile, writeFile } from 'node:fs/promises';

export interface Item {
  id: number;
  title: string;
  done: boolean;
}

export class Store {
  #items: Item[] = [];
  #next = 1;
  constructor(private readonly file: string) {}

  async load(): Promise<this> {
    try {
      this.#items = JSON.parse(await readFile(this.file, 'utf8')) as Item[];
      this.#next = Math.max(0, ...this.#items.map(({ id }) => id)) + 1;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
    }
    return this;
  }

  async add(title: string): Promise<Item> {
    const item = { id: this.#next++, title, done: false };
    this.#items.push(item);
    await this.#save();
    return item;
  }

  async remove(id: number): Promise<boolean> {
    const before = this.#items.length;
    this.#items = this.#items.filter((item) => item.id !== id);
    await this.#save();
    return this.#items.length < before;
  }

  all(): readonly Item[] {
    return this.#items;
  }
  #save() {
    return writeFile(this.file, JSON.stringify(this.#items));
  }
}
