export const used = () => 'used';
export const unused = () => 'dropped by tree shaking';
