export enum Colour { Red = 1, Green, Blue = 'blue'.length }

export interface Shape {
  readonly kind: string;
  area(): number;
  colour?: Colour;
}

export abstract class Base implements Shape {
  abstract readonly kind: string;
  constructor(protected scale = 1, public colour?: Colour) {}
  abstract area(): number;
  toString() { return `${this.kind} ${this.area().toFixed(2)} ${this.colour === undefined ? '-' : Colour[this.colour]}`; }
}

export class Circle extends Base {
  readonly kind = 'circle';
  #radius: number;
  constructor(radius: number, colour?: Colour) { super(1, colour); this.#radius = radius; }
  area() { return Math.PI * this.#radius ** 2 * this.scale; }
}

export class Rectangle extends Base {
  readonly kind = 'rectangle';
  constructor(private width: number, private height: number) { super(2); }
  area() { return this.width * this.height * this.scale; }
}

export namespace Known {
  export const all: (new (...sizes: never[]) => Shape)[] = [Circle, Rectangle];
}
