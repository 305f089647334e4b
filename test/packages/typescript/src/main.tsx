import { Circle, Colour, Known, Rectangle, type Shape } from './shapes.js';

declare const console: { log(...values: unknown[]): void };
declare global {
  namespace JSX {
    interface IntrinsicElements { [name: string]: Record<string, unknown> }
    type Element = string;
  }
}

function element(name: string, properties: Record<string, unknown> | null, ...children: unknown[]): JSX.Element {
  const attributes = Object.entries(properties ?? {}).map(([key, value]) => ` ${key}="${value}"`).join('');
  return `<${name}${attributes}>${children.join('')}</${name}>`;
}

function logged(target: object, name: string, descriptor: TypedPropertyDescriptor<(...list: Shape[]) => number>) {
  const inner = descriptor.value!;
  descriptor.value = function (...list) {
    console.log(`${name} of ${list.length}`);
    return inner.apply(this, list);
  };
}

class Sum {
  @logged
  total(...shapes: Shape[]): number { return shapes.reduce((sum, shape) => sum + shape.area(), 0); }
}

async function* each<T>(list: Iterable<T>): AsyncGenerator<T, void> {
  for (const item of list) yield await item;
}

const shapes = [new Circle(1, Colour.Green), new Rectangle(2, 3)] as const satisfies readonly Shape[];
for await (const shape of each<Shape>(shapes)) console.log(String(shape));
console.log(new Sum().total(...shapes).toFixed(3), Known.all.length);
console.log(<list><item n={1}>{shapes[0].kind}</item></list>);
export {};
