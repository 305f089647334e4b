// What is used of packages without types of their own.
declare module 'express' {
  interface Request {
    params: Record<string, string>;
    body: { title?: unknown };
  }
  interface Response {
    json(value: unknown): void;
    status(code: number): Response;
    end(): void;
  }
  type Handler = (req: Request, res: Response) => void;
  interface App {
    use(handler: unknown): void;
    get(path: string, handler: Handler): void;
    post(path: string, handler: Handler): void;
    delete(path: string, handler: Handler): void;
    listen(port: number, host: string, done: () => void): { address(): { port: number }; close(): void };
  }
  const express: { (): App; json(): unknown };
  export default express;
}
declare module 'node:fs/promises' {
  export function readFile(name: string, encoding: 'utf8'): Promise<string>;
  export function writeFile(name: string, text: string): Promise<void>;
}
declare const process: { argv: string[]; on(signal: string, done: () => void): void };
