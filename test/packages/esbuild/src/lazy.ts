export const lazily: string = "loaded";
