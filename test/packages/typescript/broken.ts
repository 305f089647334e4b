interface Point { x: number; y: number }
const point: Point = { x: 1, z: 2 };
function length({ x, y }: Point): string { return Math.hypot(x, y); }
const n: number = 'text';
point.w();
length(1, 2);
let unset: string;
unset.trim();
type Deep<T> = T extends object ? { [K in keyof T]: Deep<T[K]> } : T;
const deep: Deep<{ a: { b: string } }> = { a: { b: 3 } };
export default class { constructor(private readonly a: number) { this.a = 1; } }
